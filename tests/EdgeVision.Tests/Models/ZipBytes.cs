using System.Buffers.Binary;
using System.Text;

namespace EdgeVision.Tests.Models;

/// <summary>An entry of a zip file that says what a test wants it to say.</summary>
internal sealed record ZipBytesEntry(string Name, byte[] Data)
{
    public ushort Flags { get; init; } = 0x0800;

    public ushort Method { get; init; }

    public uint? Length { get; init; }

    public uint? Crc { get; init; }

    public uint Attributes { get; init; }

    public byte Host { get; init; } = 3;

    public string? LocalName { get; init; }

    public uint? Offset { get; init; }
}

/// <summary>Writes zip files field by field, right or wrong.</summary>
internal static class ZipBytes
{
    public static byte[] Of(params IReadOnlyList<ZipBytesEntry> entries)
    {
        using var file = new MemoryStream();
        var offsets = new List<uint>();
        foreach (var entry in entries)
        {
            offsets.Add((uint)file.Position);
            var name = Encoding.UTF8.GetBytes(entry.LocalName ?? entry.Name);
            file.Write([.. "PK\u0003\u0004"u8, .. Common(entry, name.Length), 0, 0, .. name, .. entry.Data]);
        }

        var directory = (uint)file.Position;
        foreach (var (entry, offset) in entries.Zip(offsets))
        {
            var name = Encoding.UTF8.GetBytes(entry.Name);
            file.Write([.. "PK\u0001\u0002"u8, 20, entry.Host, .. Common(entry, name.Length), 0, 0, 0, 0, 0, 0, 0, 0, .. U32(entry.Attributes), .. U32(entry.Offset ?? offset), .. name]);
        }

        var size = (uint)file.Position - directory;
        file.Write([.. "PK\u0005\u0006"u8, 0, 0, 0, 0, .. U16((ushort)entries.Count), .. U16((ushort)entries.Count), .. U32(size), .. U32(directory), 0, 0]);
        return file.ToArray();
    }

    /// <summary>Bit by bit, as the standard has it, so that ours is not tested against itself.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = (crc >> 1) ^ (0xEDB88320u & (uint)-(int)(crc & 1));
        }

        return ~crc;
    }

    private static byte[] Common(ZipBytesEntry e, int name) =>
        [20, 0, .. U16(e.Flags), .. U16(e.Method), 0, 0, 33, 0, .. U32(e.Crc ?? Crc(e.Data)), .. U32((uint)e.Data.Length), .. U32(e.Length ?? (uint)e.Data.Length), .. U16((ushort)name)];

    private static byte[] U16(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
