using EdgeVision.Frames;

namespace EdgeVision.Capture.V4l2;

/// <summary>
/// One of the driver's buffers. It is with the driver, with the source or lent to a frame; whose disposal gives it back to the driver, or, when the
/// stream is closed meanwhile, unmaps it.
/// </summary>
internal sealed class V4l2Buffer : FrameBuffer
{
    private readonly V4l2Stream _stream;
    private readonly Memory<byte> _first;

    /// <param name="stream">To return to.</param>
    /// <param name="index">The driver's number of it.</param>
    /// <param name="planes">At least one; frames of several planes are copied, never lent.</param>
    public V4l2Buffer(V4l2Stream stream, int index, MappedMemory[] planes)
    {
        (_stream, Index, Planes) = (stream, index, planes);
        _first = planes[0].Memory;
    }

    public int Index { get; }

    public MappedMemory[] Planes { get; }

    /// <summary>Guarded by the stream.</summary>
    public BufferPlace Place { get; set; }

    public override Memory<byte> Memory => _first;

    public override void Return() => _stream.TakeBack(this);
}
