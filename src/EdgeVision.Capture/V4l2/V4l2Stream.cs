using EdgeVision.Capture.Kernel;
using EdgeVision.Frames;

namespace EdgeVision.Capture.V4l2;

/// <summary>
/// A running capture: the driver's buffers, mapped, and who has which. One stream is one generation: a buffer that comes back while its stream runs goes to
/// the driver again; one that comes back later is unmapped. Capture is one thread's, buffers come back from any.
/// </summary>
internal sealed unsafe class V4l2Stream : IDisposable
{
    private readonly V4l2Device _device;
    private readonly Lock _gate = new();
    private readonly List<V4l2Buffer> _buffers = [];
    private readonly int _planes;
    private int _queued;
    private bool _closed;
    private Errno _failure;

    private V4l2Stream(V4l2Device device, int planes) => (_device, _planes) = (device, planes);

    /// <summary>Buffers that the driver has to fill.</summary>
    public int Queued => Volatile.Read(ref _queued);

    public int Count => _buffers.Count;

    /// <summary>Why a buffer that came back could not be queued.</summary>
    public Errno Failure => _failure;

    /// <summary>Sets buffers up, maps and queues them. What was set up is taken down again when a step fails.</summary>
    /// <exception cref="CaptureException">The driver refuses.</exception>
    public static V4l2Stream Prepare(V4l2Device device, in CaptureLayout layout, int buffers)
    {
        var stream = new V4l2Stream(device, layout.Planes);
        try
        {
            stream.Allocate(buffers, layout.SizeImage);
            foreach (var buffer in stream._buffers) stream.Check(stream.Queue(buffer), "its buffers");
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>From now on frames come.</summary>
    /// <exception cref="CaptureException">The driver refuses.</exception>
    public void Begin()
    {
        var type = (int)_device.BufferType;
        Check(_device.Ioctl(V4l2Abi.StreamOn, ref type), "the start of the stream");
    }

    /// <summary>Takes the oldest filled buffer. <see cref="Errno.EAGAIN"/> when there is none.</summary>
    /// <param name="buffer">The caller's, who lends it or requeues it; null unless the answer is <see cref="Errno.None"/>.</param>
    /// <param name="filled">What the driver says of it.</param>
    public Errno TryDequeue(out V4l2Buffer? buffer, out FilledBuffer filled)
    {
        (buffer, filled) = (null, default);
        var planes = stackalloc V4l2Abi.Plane[V4l2Abi.MaxPlanes];
        var answer = Describe(0, planes);
        var error = _device.Ioctl(V4l2Abi.DqBuf, ref answer);
        if (error != Errno.None) return error;
        lock (_gate)
        {
            // A number that was never given out, or that is not the driver's to give: nothing of it can be trusted.
            if (answer.Index >= _buffers.Count || _buffers[(int)answer.Index].Place != BufferPlace.Driver) return Errno.EIO;
            buffer = _buffers[(int)answer.Index];
            buffer.Place = BufferPlace.Here;
            _queued--;
        }

        filled = FilledBuffer.Of(answer, new ReadOnlySpan<V4l2Abi.Plane>(planes, _device.IsMultiPlanar ? _planes : 0));
        return Errno.None;
    }

    /// <summary>The buffer is a frame's from now on.</summary>
    public void Lend(V4l2Buffer buffer)
    {
        lock (_gate) buffer.Place = BufferPlace.Lent;
    }

    /// <summary>Back to the driver at once.</summary>
    public Errno Requeue(V4l2Buffer buffer)
    {
        lock (_gate) return Queue(buffer);
    }

    /// <summary>A frame is done with it. From any thread.</summary>
    public void TakeBack(V4l2Buffer buffer)
    {
        lock (_gate)
        {
            buffer.Place = BufferPlace.Here;
            if (_closed) Unmap(buffer);
            else if (Queue(buffer) is not Errno.None and var error) _failure = error;
        }
    }

    /// <summary>Stops and gives the memory back, but for what is lent: that goes when its frame goes. The device stays the caller's.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            var type = (int)_device.BufferType;
            // Refused only by a device that is gone, and then there is nothing to stop.
            _ = _device.Ioctl(V4l2Abi.StreamOff, ref type);
            foreach (var buffer in _buffers)
            {
                if (buffer.Place != BufferPlace.Lent) Unmap(buffer);
            }

            // Frees the driver's side, and lets others stream although frames may still be lent: their memory lives until it is unmapped. A kernel that
            // cannot do that says EBUSY, and frees when the last mapping and the device are closed.
            var none = new V4l2Abi.RequestBuffers { Type = _device.BufferType, Memory = V4l2Abi.MemoryMmap };
            _ = _device.Ioctl(V4l2Abi.ReqBufs, ref none);
        }
    }

    private void Allocate(int wished, int sizeImage)
    {
        var request = new V4l2Abi.RequestBuffers { Count = (uint)wished, Type = _device.BufferType, Memory = V4l2Abi.MemoryMmap };
        Check(_device.Ioctl(V4l2Abi.ReqBufs, ref request), "its buffers");
        if (request.Count is < 2 or > V4l2Abi.MaxBuffers) throw new CaptureException(FormattableString.Invariant($"The camera {_device} gives {request.Count} buffers where {wished} were asked for and 2 are the least; see dmesg for what its driver says."));
        for (var index = 0; index < request.Count; index++) _buffers.Add(Map(index, sizeImage));
    }

    private V4l2Buffer Map(int index, int sizeImage)
    {
        var planes = stackalloc V4l2Abi.Plane[V4l2Abi.MaxPlanes];
        var answer = Describe((uint)index, planes);
        Check(_device.Ioctl(V4l2Abi.QueryBuf, ref answer), "its buffers");
        var mapped = new MappedMemory[_planes];
        long room = 0;
        for (var plane = 0; plane < _planes; plane++)
        {
            var length = _device.IsMultiPlanar ? planes[plane].Length : answer.Length;
            // The lower half: offsets are 32 bits wide, in a union with addresses.
            var offset = (uint)(_device.IsMultiPlanar ? planes[plane].Offset : answer.OffsetOrPlanes);
            var address = (nint)0;
            var error = length is 0 or > int.MaxValue ? Errno.EINVAL : _device.Raw.Map(length, offset, out address);
            if (error == Errno.None)
            {
                mapped[plane] = new MappedMemory(address, (int)length);
                room += length;
                continue;
            }

            Unmap(mapped);
            throw V4l2Failure.OfRequest(_device, FormattableString.Invariant($"a mapping of {length} bytes"), error);
        }

        if (room >= sizeImage) return new V4l2Buffer(this, index, mapped);
        Unmap(mapped);
        throw new CaptureException(FormattableString.Invariant($"The camera {_device} gives buffers of {room} bytes for frames of {sizeImage}; see dmesg for what its driver says."));
    }

    /// <summary>Under the gate, or before anybody else knows the stream.</summary>
    private Errno Queue(V4l2Buffer buffer)
    {
        var planes = stackalloc V4l2Abi.Plane[V4l2Abi.MaxPlanes];
        var request = Describe((uint)buffer.Index, planes);
        var error = _device.Ioctl(V4l2Abi.QBuf, ref request);
        if (error != Errno.None) return error;
        buffer.Place = BufferPlace.Driver;
        _queued++;
        return Errno.None;
    }

    private V4l2Abi.Buffer Describe(uint index, V4l2Abi.Plane* planes)
    {
        var buffer = new V4l2Abi.Buffer { Index = index, Type = _device.BufferType, Memory = V4l2Abi.MemoryMmap };
        if (!_device.IsMultiPlanar) return buffer;
        new Span<V4l2Abi.Plane>(planes, V4l2Abi.MaxPlanes).Clear();
        (buffer.OffsetOrPlanes, buffer.Length) = ((nuint)planes, (uint)_planes);
        return buffer;
    }

    private void Unmap(V4l2Buffer buffer) => Unmap(buffer.Planes);

    private void Unmap(MappedMemory?[] planes)
    {
        foreach (var plane in planes)
        {
            // Refused only for what is no mapping, and these are.
            if (plane?.Take() is { } address and not 0) _ = _device.Raw.Unmap(address, (nuint)plane.Length);
        }
    }

    private void Check(Errno error, string what)
    {
        if (error != Errno.None) throw V4l2Failure.OfRequest(_device, what, error);
    }
}
