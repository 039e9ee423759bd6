using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EdgeVision.Models;

/// <summary>
/// Writes a zip file whose bytes depend on nothing but names and contents: no times, no owners, nothing packed, since every version of
/// a compressor packs differently.
/// </summary>
/// <param name="target">Seekable, empty, less than 4 GB when done; the caller's.</param>
internal sealed class ZipWriter(Stream target)
{
    /// <summary>1980-01-01, the first day that zip knows.</summary>
    private const ushort FirstDay = (1 << 5) | 1;

    private const ushort Version = 20, Utf8Names = 0x0800;

    private readonly List<(byte[] Name, uint Crc, uint Length, uint Offset)> _written = [];

    /// <summary>Appends a file.</summary>
    public PackageEntry Add(string name, Stream content)
    {
        var (utf8, offset) = (Encoding.UTF8.GetBytes(name), checked((uint)target.Position));
        Span<byte> header = stackalloc byte[30];
        target.Write(header);
        target.Write(utf8);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, length, crc) = (new byte[81_920], 0L, new Crc32());
        for (int read; (read = content.Read(buffer)) > 0; length += read)
        {
            sha.AppendData(buffer, 0, read);
            crc.Append(buffer.AsSpan(0, read));
            target.Write(buffer, 0, read);
        }

        _written.Add((utf8, crc.Value, checked((uint)length), offset));
        "PK\u0003\u0004"u8.CopyTo(header);
        WriteCommon(header[4..], _written[^1]);
        target.Position = offset;
        target.Write(header);
        target.Position = target.Length;
        return new PackageEntry(name, length, Convert.ToHexStringLower(sha.GetHashAndReset()));
    }

    /// <summary>Ends the archive with its directory.</summary>
    public void Finish()
    {
        var offset = checked((uint)target.Position);
        Span<byte> entry = stackalloc byte[46];
        foreach (var written in _written)
        {
            entry.Clear();
            "PK\u0001\u0002"u8.CopyTo(entry);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], Version);
            WriteCommon(entry[6..], written);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[42..], written.Offset);
            target.Write(entry);
            target.Write(written.Name);
        }

        Span<byte> end = stackalloc byte[22];
        "PK\u0005\u0006"u8.CopyTo(end);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], checked((ushort)_written.Count));
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], checked((ushort)_written.Count));
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], checked((uint)(target.Position - offset)));
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], offset);
        target.Write(end);
    }

    /// <summary>What both headers of a file have in common: from "version needed" to "length of the extra field".</summary>
    private static void WriteCommon(Span<byte> at, (byte[] Name, uint Crc, uint Length, uint Offset) written)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, Version);
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], Utf8Names);
        BinaryPrimitives.WriteUInt16LittleEndian(at[8..], FirstDay);
        BinaryPrimitives.WriteUInt32LittleEndian(at[10..], written.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(at[14..], written.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(at[18..], written.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(at[22..], checked((ushort)written.Name.Length));
    }
}
