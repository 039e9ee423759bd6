using EdgeVision.Triggers;

namespace EdgeVision.Frames;

/// <summary>
/// One picture from a camera. Has exactly one owner, who disposes it; disposal gives the pixels back to where they came from.
/// A new handle per frame on purpose: it is the only managed allocation of the hot path, and a stale reference can never read another frame.
/// </summary>
public sealed class Frame : IDisposable
{
    private FrameBuffer? _buffer;
    private int _length;
    private FrameOrientation _orientation;

    /// <summary>What has yet to be masked before anybody sees a pixel; null once that is done, or for a camera without.</summary>
    private LivePrivacyMask? _mask;

    /// <summary>Takes ownership of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Holds the pixels from its first byte on.</param>
    /// <param name="format">How to read them.</param>
    /// <param name="length">Bytes that are the frame: <see cref="FrameFormat.SizeInBytes"/>, or the length of the JPEG.</param>
    /// <param name="sequence">The camera's own count; gaps are lost frames.</param>
    /// <param name="capturedAt">UTC of capture, from <see cref="FrameClock"/>.</param>
    /// <param name="timestamp">The same instant on <see cref="TimeProvider.GetTimestamp"/>'s monotonic clock, for latencies.</param>
    public Frame(FrameBuffer buffer, in FrameFormat format, int length, long sequence, DateTimeOffset capturedAt, long timestamp)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (length < 0 || length > buffer.Memory.Length || length < format.SizeInBytes)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"A frame of {format} needs {format.SizeInBytes} bytes, the buffer has {buffer.Memory.Length}.");
        _buffer = buffer;
        _length = length;
        Format = format;
        (Width, Height) = (format.Width, format.Height);
        Sequence = sequence;
        CapturedAt = capturedAt;
        Timestamp = timestamp;
    }

    /// <summary>Of the bytes: how many pixels are stored, and how.</summary>
    public FrameFormat Format { get; private set; }

    /// <summary>Source pixels: what the camera took. More than <see cref="Format"/> stores when a JPEG was decoded at a smaller scale.</summary>
    public int Width { get; private set; }

    /// <summary>Source pixels, as <see cref="Width"/>.</summary>
    public int Height { get; private set; }

    /// <summary>What turns the stored picture upright. <see cref="Format"/>, <see cref="Width"/> and <see cref="Height"/> are of the picture as it is stored; see <see cref="UprightWidth"/>.</summary>
    public FrameOrientation Orientation
    {
        get => _orientation;
        init => _orientation = value;
    }

    /// <summary>Source pixels of the upright picture, in which detections and events are.</summary>
    public int UprightWidth => Orientation.SwapsSides() ? Height : Width;

    /// <summary>Source pixels of the upright picture.</summary>
    public int UprightHeight => Orientation.SwapsSides() ? Width : Height;

    /// <summary>What instant <see cref="Timestamp"/> is.</summary>
    public FrameStamp Stamp { get; init; }

    /// <summary>The pulses that this frame was taken for, each of which its owner has to answer; null when there are none.</summary>
    public IReadOnlyList<TriggerAnswer>? Triggers { get; init; }

    /// <summary>Null for frames of cameras: those have no names.</summary>
    public FrameOrigin? Origin { get; init; }

    public long Sequence { get; }

    public DateTimeOffset CapturedAt { get; }

    public long Timestamp { get; }

    /// <summary>
    /// Valid until <see cref="Dispose"/>; nobody keeps it beyond. The one door to the pixels, and the one place where the privacy mask of a
    /// <see cref="MountedSource"/> is put on, when somebody first comes through: a dropped frame costs nothing, and nobody can forget it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The frame has been given back.</exception>
    /// <exception cref="InvalidOperationException">The frame <see cref="IsSealed">is sealed</see>: it must be decoded first.</exception>
    public ReadOnlySpan<byte> Pixels
    {
        get
        {
            if (Volatile.Read(ref _mask) is { Current: not null } mask) Hide(mask);
            return Bytes[.._length];
        }
    }

    /// <summary>True for a compressed picture of a camera with a privacy mask: its bytes show what nobody may see, so nobody gets them but the decoder.</summary>
    public bool IsSealed => Format.Pixels is PixelFormat.Jpeg && Volatile.Read(ref _mask) is { Current: not null };

    /// <summary>Bytes of a compressed picture, for a decoder, whose pixels go into <see cref="Become"/> or <see cref="Decoded"/>: there the mask waits for them.</summary>
    internal ReadOnlySpan<byte> Compressed => Format.Pixels is PixelFormat.Jpeg ? Bytes[.._length] : throw new InvalidOperationException("The frame is not compressed.");

    /// <summary>The same bytes to write on, for privacy masks: before anybody reads. Never of a compressed frame.</summary>
    /// <exception cref="ObjectDisposedException">The frame has been given back.</exception>
    /// <exception cref="InvalidOperationException">The frame is compressed: its pixels are not there yet.</exception>
    internal Span<byte> WritablePixels
    {
        get
        {
            if (Format.Pixels is PixelFormat.Jpeg) throw new InvalidOperationException("A compressed frame has no pixels to write on; decode it first.");
            return Bytes[.._length];
        }
    }

    private Span<byte> Bytes
    {
        get
        {
            var buffer = _buffer;
            ObjectDisposedException.ThrowIf(buffer is null, this);
            return buffer.Memory.Span;
        }
    }

    /// <summary>
    /// Decoded pixels take the place of the compressed ones, which go back. For the owner, while nobody reads: the frame stays the same frame,
    /// and a second handle would double what a JPEG camera allocates.
    /// </summary>
    /// <param name="pixels">Owned by the frame from now on.</param>
    /// <param name="format">Of <paramref name="pixels"/>.</param>
    /// <param name="width">Source pixels, what the camera took.</param>
    /// <param name="height">Source pixels.</param>
    /// <exception cref="ObjectDisposedException">The frame has been given back; the pixels stay the caller's.</exception>
    public void Become(FrameBuffer pixels, in FrameFormat format, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels.Memory.Length, format.SizeInBytes, nameof(pixels));
        var compressed = _buffer;
        ObjectDisposedException.ThrowIf(compressed is null, this);
        (_buffer, _length, Format, Width, Height) = (pixels, format.SizeInBytes, format, width, height);
        compressed.Return();
    }

    /// <summary>A copy with its own pixels, for whoever must keep them. Caller disposes.</summary>
    /// <param name="pool">Lends the pixels.</param>
    /// <param name="triggers">Pulses that the copy is for; null for those of this frame.</param>
    public Frame Clone(FramePool pool, IReadOnlyList<TriggerAnswer>? triggers = null)
    {
        ArgumentNullException.ThrowIfNull(pool);
        // In this order: it may throw, and then nothing must be on loan; and what is copied before it is masked must be masked later.
        var mask = Volatile.Read(ref _mask);
        var pixels = Bytes[.._length];
        var copy = pool.Rent(_length);
        pixels.CopyTo(copy.Memory.Span);
        return Like(copy, Format, _length, Width, Height, mask, triggers ?? Triggers);
    }

    /// <summary>The same picture with decoded pixels, in a frame of its own: for whoever keeps the compressed one, and owns both.</summary>
    internal Frame Decoded(FrameBuffer pixels, in FrameFormat format, int width, int height) =>
        Like(pixels, format, format.SizeInBytes, width, height, Volatile.Read(ref _mask), Triggers);

    /// <summary>This frame, which stores fewer pixels than the camera took. Before anybody else has it.</summary>
    /// <param name="width">Source pixels.</param>
    /// <param name="height">Source pixels.</param>
    public Frame OfSource(int width, int height)
    {
        (Width, Height) = (width, height);
        return this;
    }

    /// <summary>This frame, of a camera that hangs so. Before anybody else has it.</summary>
    internal void Mount(FrameOrientation orientation, LivePrivacyMask mask)
    {
        _orientation = _orientation.Then(orientation);
        Volatile.Write(ref _mask, mask);
    }

    private Frame Like(FrameBuffer pixels, in FrameFormat format, int length, int width, int height, LivePrivacyMask? mask, IReadOnlyList<TriggerAnswer>? triggers)
    {
        var frame = new Frame(pixels, format, length, Sequence, CapturedAt, Timestamp) { Origin = Origin, Orientation = Orientation, Stamp = Stamp, Triggers = triggers };
        frame._mask = mask;
        return frame.OfSource(width, height);
    }

    /// <summary>Once; a second reader waits until nothing is left to see.</summary>
    private void Hide(LivePrivacyMask live)
    {
        lock (live.Gate)
        {
            if (_mask is null || live.Current is not { } mask) return;
            if (Format.Pixels is PixelFormat.Jpeg) throw new InvalidOperationException("The camera has a privacy mask, so its compressed pictures are not shown; decode the frame first.");
            mask.Apply(this);
            Volatile.Write(ref _mask, null);
        }
    }

    /// <summary>Gives the pixels back, once, from whatever thread comes first.</summary>
    public void Dispose() => Interlocked.Exchange(ref _buffer, null)?.Return();
}
