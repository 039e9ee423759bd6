using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace EdgeVision.Onnx;

/// <summary>
/// One stored model: what ONNX Runtime wrote, then a trailer that says what it was made from and that it is whole. The sum finds worn cards and power
/// cuts, not attackers: who may write here is this user (ADR 0007).
/// </summary>
internal static class OptimisedModelFile
{
    /// <summary>Larger ones are not stored: they would fill small disks and save little of what they take.</summary>
    public const long MaxBytes = 512L << 20;

    private const int KeyBytes = 32;

    /// <summary>Key, sum, magic.</summary>
    private const int TrailerBytes = KeyBytes + sizeof(uint) + 8;

    private static ReadOnlySpan<byte> Magic => "EdgVORT1"u8;

    /// <summary>Completes what ONNX Runtime wrote, down to the disk.</summary>
    /// <exception cref="IOException">The disk is full, or what stands there cannot be a model.</exception>
    public static void Seal(string path, string key)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        if (stream.Length is 0 or > MaxBytes) throw new IOException($"'{path}' has {stream.Length} bytes; 1 to {MaxBytes} were expected.");
        var model = new byte[stream.Length];
        stream.ReadExactly(model);
        var trailer = new byte[TrailerBytes];
        Hash(key).CopyTo(trailer, 0);
        MemoryMarshal.Write(trailer.AsSpan(KeyBytes), Sum(model, trailer.AsSpan(0, KeyBytes)));
        Magic.CopyTo(trailer.AsSpan(KeyBytes + sizeof(uint)));
        stream.Write(trailer);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>The model, in memory that does not move; null with the reason when it is not whole or made from something else.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[]? Read(string path, string key, out string reason)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file) - TrailerBytes;
        reason = $"it has {length + TrailerBytes} bytes";
        if (length is <= 0 or > MaxBytes) return null;
        var model = GC.AllocateUninitializedArray<byte>((int)length, pinned: true);
        var trailer = new byte[TrailerBytes];
        reason = "it is cut off";
        if (!TryFill(file, model, 0) || !TryFill(file, trailer, length) || !trailer.AsSpan(KeyBytes + sizeof(uint)).SequenceEqual(Magic)) return null;
        reason = "it was made from something else";
        if (!trailer.AsSpan(0, KeyBytes).SequenceEqual(Hash(key))) return null;
        reason = "its checksum is wrong";
        return MemoryMarshal.Read<uint>(trailer.AsSpan(KeyBytes)) == Sum(model, trailer.AsSpan(0, KeyBytes)) ? model : null;
    }

    private static bool TryFill(Microsoft.Win32.SafeHandles.SafeFileHandle file, byte[] target, long offset)
    {
        for (var read = 0; read < target.Length;)
        {
            var more = RandomAccess.Read(file, target.AsSpan(read), offset + read);
            if (more == 0) return false;
            read += more;
        }

        return true;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>CRC-32C, which x64 and arm64 compute by themselves: a tenth of the time SHA-256 takes on what is read at every start.</summary>
    private static uint Sum(ReadOnlySpan<byte> model, ReadOnlySpan<byte> key)
    {
        var sum = uint.MaxValue;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(key)) sum = BitOperations.Crc32C(sum, word);
        var words = MemoryMarshal.Cast<byte, ulong>(model);
        foreach (var word in words) sum = BitOperations.Crc32C(sum, word);
        foreach (var rest in model[(words.Length * sizeof(ulong))..]) sum = BitOperations.Crc32C(sum, rest);
        return ~sum;
    }
}
