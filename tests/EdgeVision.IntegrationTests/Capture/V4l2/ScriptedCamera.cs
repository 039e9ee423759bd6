using System.Text;
using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Capture.V4l2;

/// <summary>
/// A camera's driver: keeps to the rules of V4L2 as far as capture goes, and breaks them where a test says so. Waiting for a frame advances the clock.
/// A buffer of frame N is full of the byte N.
/// </summary>
internal sealed unsafe class ScriptedCamera(FakeTimeProvider time) : IV4l2Driver
{
    private readonly List<nint>[] _mapped = [.. Enumerable.Range(0, V4l2Abi.MaxBuffers).Select(static _ => new List<nint>())];
    private readonly Queue<uint> _queue = [];
    private readonly HashSet<nint> _mine = [];
    private FourCc _code = FourCc.Yuyv;
    private uint _width = 64, _height = 48, _buffers;

    public List<(FourCc Code, uint Width, uint Height, uint Fps)> Offers { get; } = [(FourCc.Yuyv, 64, 48, 25)];

    public bool IsMultiPlanar { get; init; }

    /// <summary>Bytes behind each row that are no picture.</summary>
    public uint Padding { get; init; }

    /// <summary>Why a request is refused.</summary>
    public Func<uint, Errno> Refuses { get; set; } = static _ => Errno.None;

    /// <summary>What becomes of an answer on its way.</summary>
    public AnswerChange Changes { get; set; } = static (_, _, _) => { };

    /// <summary>What becomes of a filled buffer.</summary>
    public BufferChange Spoils { get; set; } = static (ref _, _) => { };

    /// <summary>What poll says; a filled buffer where there is one, by default.</summary>
    public Func<PollEvents>? Says { get; set; }

    public Queue<V4l2Abi.Event> Events { get; } = [];

    public bool Streams { get; private set; }

    public bool IsOpen { get; private set; } = true;

    public uint Filled { get; private set; }

    public int Queued => _queue.Count;

    public int Mapped => _mine.Count;

    public Errno Ioctl(uint request, void* argument)
    {
        Assert.True(IsOpen, "The device is closed.");
        if (Refuses(request) is not Errno.None and var refused) return refused;
        var error = Answer(request, argument);
        if (error == Errno.None) Changes(request, argument, (int)(request >> 16 & 0x3fff));
        return error;
    }

    public Errno Poll(PollEvents wanted, int timeoutMs, out PollEvents happened)
    {
        happened = Says?.Invoke() ?? (Events.Count > 0 && wanted.HasFlag(PollEvents.Priority) ? PollEvents.Priority : Streams && _queue.Count > 0 ? PollEvents.In : PollEvents.None);
        time.Advance(TimeSpan.FromMilliseconds(happened == PollEvents.None ? timeoutMs : 40));
        return happened == PollEvents.None ? Errno.ETIMEDOUT : Errno.None;
    }

    public Errno Map(nuint length, long offset, out nint address)
    {
        address = 0;
        if (length > 1 << 20) return Errno.ENOMEM;
        address = GuardedMemory.Take((int)length);
        _mine.Add(address);
        _mapped[offset / 16 % V4l2Abi.MaxBuffers].Add(address);
        return Errno.None;
    }

    public Errno Unmap(nint address, nuint length)
    {
        Assert.True(_mine.Remove(address), "Unmapped twice, or never mapped.");
        Assert.True(GuardedMemory.GiveBack(address));
        return Errno.None;
    }

    public void Dispose()
    {
        Assert.True(IsOpen, "Closed twice.");
        IsOpen = false;
    }

    private Errno Answer(uint request, void* argument)
    {
        if (request == V4l2Abi.QueryCap) return Introduce((V4l2Abi.Capability*)argument);
        if (request == V4l2Abi.EnumFmt) return Name((V4l2Abi.FormatDescription*)argument);
        if (request == V4l2Abi.EnumFrameSizes) return Size((V4l2Abi.FrameSizeEntry*)argument);
        if (request == V4l2Abi.EnumFrameIntervals) return Rate((V4l2Abi.FrameIntervalEntry*)argument);
        if (request == V4l2Abi.SetFmt) return Agree((V4l2Abi.Format*)argument);
        if (request == V4l2Abi.GetParm || request == V4l2Abi.SetParm) return Pace((V4l2Abi.StreamParameters*)argument, request == V4l2Abi.SetParm);
        if (request == V4l2Abi.ReqBufs) return Allocate((V4l2Abi.RequestBuffers*)argument);
        if (request == V4l2Abi.QueryBuf) return Tell((V4l2Abi.Buffer*)argument);
        if (request == V4l2Abi.QBuf) return Queue((V4l2Abi.Buffer*)argument);
        if (request == V4l2Abi.DqBuf) return Dequeue((V4l2Abi.Buffer*)argument);
        if (request == V4l2Abi.SubscribeEvent) return Errno.None;
        if (request == V4l2Abi.DqEvent) return Events.TryDequeue(out *(V4l2Abi.Event*)argument) ? Errno.None : Errno.EAGAIN;
        if (request == V4l2Abi.StreamOn || request == V4l2Abi.StreamOff)
        {
            Streams = request == V4l2Abi.StreamOn;
            if (!Streams) _queue.Clear();
            return Errno.None;
        }

        return Errno.ENOTTY;
    }

    private Errno Introduce(V4l2Abi.Capability* answer)
    {
        "scripted"u8.CopyTo(new Span<byte>(answer->Driver, 16));
        "camera"u8.CopyTo(new Span<byte>(answer->Card, 32));
        "test:0"u8.CopyTo(new Span<byte>(answer->BusInfo, 32));
        var node = (IsMultiPlanar ? V4l2Capabilities.VideoCaptureMplane : V4l2Capabilities.VideoCapture) | V4l2Capabilities.Streaming;
        (answer->Capabilities, answer->DeviceCaps) = ((uint)(node | V4l2Capabilities.VideoOutput | V4l2Capabilities.DeviceCaps), (uint)node);
        return Errno.None;
    }

    private Errno Name(V4l2Abi.FormatDescription* entry)
    {
        var codes = Offers.Select(static o => o.Code).Distinct().ToArray();
        if (entry->Index >= codes.Length) return Errno.EINVAL;
        entry->PixelFormat = codes[entry->Index].Value;
        Encoding.ASCII.GetBytes(codes[entry->Index].ToString()).CopyTo(new Span<byte>(entry->Description, 32));
        return Errno.None;
    }

    private Errno Size(V4l2Abi.FrameSizeEntry* entry)
    {
        var code = entry->PixelFormat;
        var sizes = Offers.Where(o => o.Code.Value == code).Select(static o => (o.Width, o.Height)).Distinct().ToArray();
        if (entry->Index >= sizes.Length) return Errno.EINVAL;
        (entry->Type, entry->DiscreteWidth, entry->DiscreteHeight) = (V4l2Abi.Discrete, sizes[entry->Index].Width, sizes[entry->Index].Height);
        return Errno.None;
    }

    private Errno Rate(V4l2Abi.FrameIntervalEntry* entry)
    {
        var asked = (entry->PixelFormat, entry->Width, entry->Height);
        var rates = Offers.Where(o => (o.Code.Value, o.Width, o.Height) == asked).ToArray();
        if (entry->Index >= rates.Length) return Errno.EINVAL;
        (entry->Type, entry->Min) = (V4l2Abi.Discrete, new V4l2Abi.Fraction { Numerator = 1, Denominator = rates[entry->Index].Fps });
        return Errno.None;
    }

    private uint Stride(int plane) => V4l2Formats.PlaneBuffers(_code) == 1
        ? (uint)EdgeVision.Frames.FrameFormat.RowBytes(V4l2Formats.ToPixels(_code)!.Value, (int)_width) + Padding
        : Padding + (_code == FourCc.Ym12 && plane > 0 ? (_width + 1) / 2 : (_width + 1) / 2 * 2);

    private uint Bytes(int plane)
    {
        if (V4l2Formats.ToPixels(_code) is EdgeVision.Frames.PixelFormat.Jpeg) return 8192;
        if (V4l2Formats.PlaneBuffers(_code) > 1) return Stride(plane) * (plane == 0 ? _height : (_height + 1) / 2);
        return (uint)new EdgeVision.Frames.FrameFormat(V4l2Formats.ToPixels(_code)!.Value, (int)_width, (int)_height, (int)Stride(0)).SizeInBytes;
    }

    private Errno Agree(V4l2Abi.Format* format)
    {
        (_code, _width, _height) = IsMultiPlanar
            ? (new FourCc(format->PixMplane.PixelFormat), format->PixMplane.Width, format->PixMplane.Height)
            : (new FourCc(format->Pix.PixelFormat), format->Pix.Width, format->Pix.Height);
        var isJpeg = V4l2Formats.ToPixels(_code) is EdgeVision.Frames.PixelFormat.Jpeg;
        if (!IsMultiPlanar)
        {
            (format->Pix.BytesPerLine, format->Pix.SizeImage) = (isJpeg ? 0 : Stride(0), Bytes(0));
            return Errno.None;
        }

        format->PixMplane.PlaneCount = (byte)V4l2Formats.PlaneBuffers(_code);
        for (var plane = 0; plane < format->PixMplane.PlaneCount; plane++)
            ((V4l2Abi.PlanePixFormat*)format->PixMplane.Planes)[plane] = new V4l2Abi.PlanePixFormat { SizeImage = Bytes(plane), BytesPerLine = isJpeg ? 0 : Stride(plane) };
        return Errno.None;
    }

    private Errno Pace(V4l2Abi.StreamParameters* parameters, bool isSet)
    {
        parameters->Capture.Capability = V4l2Abi.CapTimePerFrame;
        if (!isSet) parameters->Capture.TimePerFrame = new V4l2Abi.Fraction { Numerator = 1, Denominator = 25 };
        return Errno.None;
    }

    private Errno Allocate(V4l2Abi.RequestBuffers* request)
    {
        _buffers = request->Count;
        _queue.Clear();
        foreach (var addresses in _mapped) addresses.Clear();
        return Errno.None;
    }

    private Errno Tell(V4l2Abi.Buffer* buffer)
    {
        if (buffer->Index >= _buffers) return Errno.EINVAL;
        if (!IsMultiPlanar)
        {
            (buffer->Length, buffer->OffsetOrPlanes) = (Bytes(0), buffer->Index * 16);
            return Errno.None;
        }

        for (var plane = 0u; plane < V4l2Formats.PlaneBuffers(_code); plane++)
            ((V4l2Abi.Plane*)buffer->OffsetOrPlanes)[plane] = new V4l2Abi.Plane { Length = Bytes((int)plane), Offset = (buffer->Index * 16) + plane };
        return Errno.None;
    }

    private Errno Queue(V4l2Abi.Buffer* buffer)
    {
        if (buffer->Index >= _buffers || _queue.Contains(buffer->Index)) return Errno.EINVAL;
        _queue.Enqueue(buffer->Index);
        return Errno.None;
    }

    private Errno Dequeue(V4l2Abi.Buffer* buffer)
    {
        if (!Streams || !_queue.TryDequeue(out var index)) return Errno.EAGAIN;
        Filled++;
        var now = time.GetTimestamp() - (time.TimestampFrequency / 100);
        buffer->Index = index;
        buffer->Sequence = Filled - 1;
        buffer->Flags = BufferFlags.TimestampMonotonic;
        (buffer->Seconds, buffer->Microseconds) = (now / time.TimestampFrequency, now % time.TimestampFrequency * 1_000_000 / time.TimestampFrequency);
        for (var plane = 0; plane < _mapped[index].Count && plane < V4l2Formats.PlaneBuffers(_code); plane++)
        {
            if (_mine.Contains(_mapped[index][plane])) new Span<byte>((void*)_mapped[index][plane], (int)Bytes(plane)).Fill((byte)(Filled + (10 * plane)));
            if (IsMultiPlanar) ((V4l2Abi.Plane*)buffer->OffsetOrPlanes)[plane].BytesUsed = Bytes(plane);
            else buffer->BytesUsed = Bytes(plane);
        }

        Spoils(ref *buffer, Filled);
        return Errno.None;
    }

    public delegate void AnswerChange(uint request, void* answer, int bytes);

    /// <param name="buffer">As the driver would give it.</param>
    /// <param name="number">Of the frame, from 1.</param>
    public delegate void BufferChange(ref V4l2Abi.Buffer buffer, uint number);
}
