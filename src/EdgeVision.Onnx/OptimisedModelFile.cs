using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace EdgeVision.Onnx;

/// <summary>
/// A stored model: what ONNX Runtime wrote, then a trailer that says what it was made from and that it is whole. The trailer is one more
/// entry of the model's metadata_props (field 14 of ModelProto; protobuf lets a message go on), so the file stays an ONNX model.
/// The sum finds worn cards and power cuts, not attackers: who may write here is this user (ADR 0007).
/// </summary>
internal static class OptimisedModelFile
{
    /// <summary>Larger ones are not stored: they would fill small disks and save little of what they take.</summary>
    public const long MaxBytes = 512L << 20;

    /// <summary>SHA-256 of the key, in hex, then the sum in hex.</summary>
    private const int KeyDigits = 64, SumDigits = 8;

    /// <summary>Whole words of 8 bytes, so that only the end of a file has a rest.</summary>
    private const int BlockBytes = 1 << 16;

    /// <summary>Field 14, 86 bytes; in it field 1, the 10 bytes of a name, and field 2, 72 bytes of value. ('r' is 14 · 8 + 2, 'V' 86, 'H' 72.)</summary>
    private static ReadOnlySpan<byte> TrailerStart => "rV\u000A\u000Aedgevision\u0012H"u8;

    private static int TrailerBytes => TrailerStart.Length + KeyDigits + SumDigits;

    /// <summary>Completes what ONNX Runtime wrote, down to the disk.</summary>
    /// <exception cref="IOException">The disk is full, or what stands there cannot be a model.</exception>
    public static void Seal(string path, string key)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        if (stream.Length is 0 or > MaxBytes) throw new IOException($"'{path}' has {stream.Length} bytes; 1 to {MaxBytes} were expected.");
        stream.Position = stream.Length;
        stream.Write(Start(key));
        stream.Position = 0;
        var sum = Sum(stream, stream.Length);
        stream.Write(Encoding.ASCII.GetBytes(Hex(sum)));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Null for a file that is whole and made from <paramref name="key"/>, otherwise a clause that says why it is not.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? WhyNot(string path, string key)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        if (stream.Length <= TrailerBytes || stream.Length > MaxBytes + TrailerBytes) return $"it has {stream.Length} bytes";
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        stream.Position = stream.Length - trailer.Length;
        stream.ReadExactly(trailer);
        if (!trailer.StartsWith(TrailerStart)) return "it is cut off";
        if (!trailer.StartsWith(Start(key))) return "it was made from something else";
        stream.Position = 0;
        return trailer[^SumDigits..].SequenceEqual(Encoding.ASCII.GetBytes(Hex(Sum(stream, stream.Length - SumDigits)))) ? null : "its checksum is wrong";
    }

    private static byte[] Start(string key) => [.. TrailerStart, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))))];

    private static string Hex(uint sum) => sum.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>CRC-32C, which x64 and arm64 compute by themselves: an eighth of the time of SHA-256 (ADR 0007), at every start.</summary>
    private static uint Sum(FileStream stream, long bytes)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        var sum = uint.MaxValue;
        for (var rest = bytes; rest > 0;)
        {
            var part = block.AsSpan(0, (int)Math.Min(BlockBytes, rest));
            stream.ReadExactly(part);
            var words = MemoryMarshal.Cast<byte, ulong>(part);
            foreach (var word in words) sum = BitOperations.Crc32C(sum, word);
            foreach (var last in part[(words.Length * sizeof(ulong))..]) sum = BitOperations.Crc32C(sum, last);
            rest -= part.Length;
        }

        ArrayPool<byte>.Shared.Return(block);
        return ~sum;
    }
}
