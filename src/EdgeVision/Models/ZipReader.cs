using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace EdgeVision.Models;

/// <summary>
/// Reads the zip files that packages are (PKWARE APPNOTE 6.3.10, without zip64, encryption and split archives), which came from somebody else.
/// The library's reader takes the whole directory into memory and leaves names, links, overlaps and sums to its caller.
/// </summary>
/// <param name="file">Seekable; the caller's.</param>
/// <param name="path">Of it, for the errors.</param>
internal sealed class ZipReader(Stream file, string path)
{
    /// <summary>100 golden pictures, manifest, weights, labels, texts, signature, and room.</summary>
    private const int MaxEntries = 256;

    private const int MaxDirectoryBytes = 1 << 20;

    private const int EndBytes = 22, CentralBytes = 46, LocalBytes = 30;

    /// <summary>Zeros are packed a thousandfold; no weights are.</summary>
    private const int MaxRatio = 100;

    /// <summary>A text of blanks does no harm.</summary>
    private const int AnyRatioBytes = 1 << 20;

    /// <summary>Every entry, checked: plain names that differ, regular files, none within another, together at most <paramref name="maxBytes"/>.</summary>
    /// <exception cref="ModelException">It is no zip file, or has what a package has not.</exception>
    public IReadOnlyList<ZipItem> ReadDirectory(long maxBytes)
    {
        var (count, size, offset) = FindEnd();
        var directory = new byte[size];
        file.Position = offset;
        file.ReadExactly(directory);
        var items = new List<ZipItem>(count);
        var at = directory.AsSpan();
        for (var i = 0; i < count; i++)
        {
            items.Add(ReadEntry(at, out var length));
            at = at[length..];
        }

        RefuseTwins(items);
        RefuseOverlaps(items, offset);
        return items.Sum(static i => i.Length) <= maxBytes ? items : throw Refused($"its files have {items.Sum(static i => i.Length)} bytes when unpacked, where at most {maxBytes} are taken");
    }

    /// <summary>Writes one file of the archive. What it says of its length and sum must be true.</summary>
    /// <exception cref="ModelException">It is damaged, or larger than it says.</exception>
    public void CopyTo(ZipItem item, Stream target)
    {
        var from = OpenData(item);
        using Stream inflated = item.IsDeflated ? new DeflateStream(from, CompressionMode.Decompress) : from;
        var (buffer, left, crc) = (new byte[81_920], item.Length, new Crc32());
        try
        {
            // One byte more is asked for than there may be.
            for (int read; (read = inflated.Read(buffer, 0, (int)Math.Min(buffer.Length, left + 1))) > 0; left -= read)
            {
                if (read > left) throw Refused($"'{item.Name}' is larger than the {item.Length} bytes it claims");
                crc.Append(buffer.AsSpan(0, read));
                target.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException e)
        {
            throw Damaged($"'{item.Name}' cannot be unpacked", e);
        }

        if (left > 0) throw Damaged($"'{item.Name}' ends {left} bytes early");
        if (crc.Value != item.Crc) throw Damaged($"'{item.Name}' has another check sum than the archive says");
    }

    private (int Count, int Size, long Offset) FindEnd()
    {
        if (file.Length < EndBytes) throw Damaged("it is no zip file");
        var tail = new byte[(int)Math.Min(file.Length, EndBytes + ushort.MaxValue)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        for (var i = tail.Length - EndBytes; i >= 0; i--)
        {
            var end = tail.AsSpan(i);
            // A comment that holds the signature does not end with the file.
            if (!end.StartsWith("PK\u0005\u0006"u8) || UInt16(end, 20) != end.Length - EndBytes) continue;
            var (disk, directoryDisk, here, count) = (UInt16(end, 4), UInt16(end, 6), UInt16(end, 8), UInt16(end, 10));
            var (size, offset, place) = (UInt32(end, 12), (long)UInt32(end, 16), file.Length - tail.Length + i);
            if (count == ushort.MaxValue || size == uint.MaxValue || offset == uint.MaxValue) throw Refused("it is a zip64 archive, one of less than 4 GB was expected");
            if (disk != 0 || directoryDisk != 0 || here != count) throw Refused("it is part of a split archive");
            if (count is 0 or > MaxEntries) throw Refused($"it has {count} entries, 1 to {MaxEntries} were expected");
            if (size > MaxDirectoryBytes || offset + size > place || size < count * CentralBytes) throw Damaged("its directory lies outside of it");
            return (count, (int)size, offset);
        }

        throw Damaged("it is no zip file, or was cut off");
    }

    private ZipItem ReadEntry(ReadOnlySpan<byte> at, out int length)
    {
        if (at.Length < CentralBytes || !at.StartsWith("PK\u0001\u0002"u8)) throw Damaged("its directory is broken");
        var (nameBytes, extra, comment) = (UInt16(at, 28), UInt16(at, 30), UInt16(at, 32));
        length = CentralBytes + nameBytes + extra + comment;
        if (at.Length < length) throw Damaged("its directory is broken");
        var name = NameOf(at.Slice(CentralBytes, nameBytes));
        var (flags, method) = (UInt16(at, 8), UInt16(at, 10));
        var (packed, size) = (UInt32(at, 20), UInt32(at, 24));
        // 1 encrypted, 64 strongly, 8192 with a hidden directory.
        if ((flags & (1 | 64 | 8192)) != 0) throw Refused($"'{name}' is encrypted");
        if (method is not (0 or 8)) throw Refused($"'{name}' is packed by method {method}, stored (0) or deflated (8) was expected");
        if (packed == uint.MaxValue || size == uint.MaxValue) throw Refused("it is a zip64 archive, one of less than 4 GB was expected");
        if (method == 0 && packed != size) throw Damaged($"'{name}' is stored and has two lengths");
        if (size > AnyRatioBytes && size / MaxRatio > packed) throw Refused($"'{name}' claims to be packed more than {MaxRatio} times smaller than it is, which no model can be");
        RefuseSpecial(name, host: at[5], UInt32(at, 38));
        return new ZipItem(name, UInt32(at, 42), method == 8, packed, size, UInt32(at, 16), nameBytes);
    }

    /// <summary>A package is flat, so that nothing in it can lead anywhere.</summary>
    private string NameOf(ReadOnlySpan<byte> utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8)) throw Refused("a name in it is not UTF-8");
        var name = Encoding.UTF8.GetString(utf8);
        var shown = string.Concat(name.Take(100).Select(static c => char.IsControl(c) ? '?' : c));
        if (name.Contains("..", StringComparison.Ordinal) && name.AsSpan().IndexOfAny('/', '\\') >= 0 || name == "..") throw Refused($"'{shown}' leads out of the package");
        if (name.StartsWith('/') || name.StartsWith('\\') || name.Contains(':', StringComparison.Ordinal)) throw Refused($"'{shown}' is an absolute path");
        if (name.AsSpan().IndexOfAny('/', '\\') >= 0) throw Refused($"'{shown}' lies in a folder; files of a package lie side by side (zip -j)");
        return ModelManifest.FileName(name) is null ? name : throw Refused($"'{shown}' is no file name");
    }

    /// <summary>Unix keeps the kind of a file in the upper half.</summary>
    private void RefuseSpecial(string name, byte host, uint attributes)
    {
        const uint KindMask = 0xF000, Regular = 0x8000, Link = 0xA000, MsDosFolder = 0x10;
        var kind = (attributes >> 16) & KindMask;
        if (kind == Link) throw Refused($"'{name}' is a symbolic link");
        if (kind is not (0 or Regular) || (host == 0 && (attributes & MsDosFolder) != 0)) throw Refused($"'{name}' is no regular file");
    }

    private void RefuseTwins(List<ZipItem> items)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in items)
        {
            if (!names.Add(item.Name)) throw Refused($"'{item.Name}' is in it twice");
        }
    }

    /// <summary>Bytes that serve several entries are how small archives become huge ones (Fifield, "A better zip bomb", 2019).</summary>
    private void RefuseOverlaps(List<ZipItem> items, long directory)
    {
        var free = 0L;
        foreach (var item in items.OrderBy(static i => i.Offset))
        {
            if (item.Offset < free) throw Refused($"'{item.Name}' overlaps another file");
            free = item.Offset + LocalBytes + item.NameBytes + item.Packed;
        }

        if (free > directory) throw Damaged("a file reaches into its directory");
    }

    /// <summary>The entry's bytes. Its own header must agree with the directory, or two readers could see two packages.</summary>
    private ZipData OpenData(ZipItem item)
    {
        Span<byte> header = stackalloc byte[LocalBytes];
        file.Position = item.Offset;
        if (file.ReadAtLeast(header, LocalBytes, throwOnEndOfStream: false) < LocalBytes || !header.StartsWith("PK\u0003\u0004"u8)) throw Damaged($"'{item.Name}' is not where the directory says");
        var (method, nameBytes, extra) = (UInt16(header, 8), UInt16(header, 26), UInt16(header, 28));
        var name = new byte[nameBytes];
        if (file.ReadAtLeast(name, nameBytes, throwOnEndOfStream: false) < nameBytes || Encoding.UTF8.GetString(name) != item.Name || method != (item.IsDeflated ? 8 : 0))
            throw Damaged($"'{item.Name}' has another name or method at its place than in the directory");
        var begin = item.Offset + LocalBytes + nameBytes + extra;
        if (begin + item.Packed > file.Length) throw Damaged($"'{item.Name}' reaches beyond its end");
        return new ZipData(file, begin, item.Packed);
    }

    private ModelException Refused(string why) => new($"'{path}' is no package that is taken: {why}. Make it with edgevision model pack.");

    private ModelException Damaged(string why, Exception? inner = null) => new($"'{path}' is damaged: {why}. Copy it again, or make it with edgevision model pack.", inner);

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
