using System.Buffers;

namespace EdgeVision.Capture.V4l2;

/// <summary>A driver's buffer, mapped into this process, as <see cref="Memory{T}"/>. Made once a buffer; after unmapping nobody gets at it any more.</summary>
internal sealed unsafe class MappedMemory(nint address, int length) : MemoryManager<byte>
{
    private nint _address = address;

    public int Length => length;

    public override Span<byte> GetSpan()
    {
        var mapped = Volatile.Read(ref _address);
        ObjectDisposedException.ThrowIf(mapped == 0, this);
        return new Span<byte>((void*)mapped, length);
    }

    /// <summary>Where it was mapped; from now on it is out of reach. 0 the second time.</summary>
    public nint Take() => Interlocked.Exchange(ref _address, 0);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length, nameof(elementIndex));
        var mapped = Volatile.Read(ref _address);
        ObjectDisposedException.ThrowIf(mapped == 0, this);
        return new MemoryHandle((byte*)mapped + elementIndex);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        // The stream unmaps: it knows whether the frame is still in use.
    }
}
