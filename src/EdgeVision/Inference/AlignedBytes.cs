using System.Runtime.InteropServices;

namespace EdgeVision.Inference;

/// <summary>Zeroed memory that begins on a cache line and stays there.</summary>
internal sealed class AlignedBytes
{
    private const int Alignment = 64;

    private readonly byte[] _array;
    private readonly int _start;

    public AlignedBytes(int length)
    {
        Length = length;
        _array = GC.AllocateArray<byte>(length + Alignment, pinned: true);
        _start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) & (Alignment - 1));
    }

    public int Length { get; }

    public Span<byte> Span => _array.AsSpan(_start, Length);

    public Span<T> As<T>() where T : struct => MemoryMarshal.Cast<byte, T>(Span);
}
