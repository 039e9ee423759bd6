using System.Diagnostics.CodeAnalysis;
using EdgeVision.Capture.Kernel;
using EdgeVision.Frames;
using EdgeVision.Imaging;

namespace EdgeVision.Capture.V4l2;

/// <summary>From a filled buffer to a frame.</summary>
internal sealed partial class V4l2Source
{
    /// <summary>A larger step in the driver's count is a new count, not a loss: more than an hour at 240 fps.</summary>
    private const uint MaxGap = 1_000_000;

    /// <summary>False when there was no buffer, or none that is good.</summary>
    /// <param name="isBroken">The device reports an error: without a buffer it is lost.</param>
    /// <param name="frame">The caller's.</param>
    private bool TryTake(bool isBroken, [NotNullWhen(true)] out Frame? frame)
    {
        frame = null;
        var error = _stream.TryDequeue(out var buffer, out var filled);
        if (error == Errno.EAGAIN && !isBroken) return false;
        if (error != Errno.None || buffer is null) throw Lost(error);
        CountGap(filled.Sequence);
        if (!TryMeasure(buffer, filled, out var length))
        {
            _counters.CountCorrupted();
            Requeue(buffer);
            return false;
        }

        var now = _time.GetTimestamp();
        var stamp = filled.Timestamp(now, _time.TimestampFrequency);
        var source = stamp is null ? FrameStamp.Unknown
            : (filled.Flags & BufferFlags.StampSourceMask) == BufferFlags.StampStartOfExposure ? FrameStamp.StartOfExposure
            : FrameStamp.EndOfFrame;
        var (pixels, bytes) = Pixels(buffer, filled, length);
        var timestamp = stamp ?? now;
        try
        {
            frame = new Frame(pixels, Format(pixels, bytes), bytes, _sequence, _clock.ToUtc(timestamp), timestamp) { Stamp = source };
            return true;
        }
        catch
        {
            pixels.Return();
            throw;
        }
    }

    /// <summary>Bytes of the picture in the first plane; false for damaged ones.</summary>
    private bool TryMeasure(V4l2Buffer buffer, in FilledBuffer filled, out int length)
    {
        length = 0;
        var layout = _setup.Layout;
        if (filled.Flags.HasFlag(BufferFlags.Error))
        {
            _lastFault = "the driver marks its frames as damaged";
            return false;
        }

        for (var plane = layout.Planes - 1; plane >= 0; plane--)
        {
            var needed = layout.Planes == 1 ? layout.Frame.SizeInBytes : NeededInPlane(layout, plane);
            if (FilledBuffer.TryFit(filled[plane], needed, layout.Planes == 1 ? layout.Tolerated : 0, buffer.Planes[plane].Length, out length)) continue;
            // Built only when the reason changes: a camera that gives nothing else must not fill the heap.
            if (_lastFault is null)
                _lastFault = FormattableString.Invariant($"its frames have {filled[plane].BytesUsed} bytes where {layout.Code} {layout.Frame.Width}×{layout.Frame.Height} has {needed}");
            return false;
        }

        return true;
    }

    /// <summary>Gaps in the driver's count are lost frames.</summary>
    private void CountGap(uint sequence)
    {
        var step = _lastSequence is { } last ? unchecked(sequence - last) : 1;
        _lastSequence = sequence;
        // A count that stands or goes back is no count: frames are numbered here then.
        if (step is 0 or > MaxGap) step = 1;
        _sequence += step;
        if (step > 1) _counters.CountMissed(step - 1);
    }

    /// <summary>The buffer itself, or a copy and the buffer back to the driver.</summary>
    private (FrameBuffer Pixels, int Length) Pixels(V4l2Buffer buffer, in FilledBuffer filled, int length)
    {
        var start = (int)filled.First.Offset;
        _copies ??= MappedSpeed.IsSlow(buffer.Memory.Span.Slice(start, length), _pool, _time);
        if (_copies == false && start == 0)
        {
            if (_stream.Queued >= LeastQueued)
            {
                _stream.Lend(buffer);
                return (buffer, length);
            }

            // Others hold the rest: the driver must not starve for it.
            _counters.CountCopied();
        }

        var bytes = _setup.Layout.Planes == 1 ? length : _setup.Layout.Frame.SizeInBytes;
        var copy = _pool.Rent(bytes);
        if (_setup.Layout.Planes == 1) buffer.Memory.Span.Slice(start, length).CopyTo(copy.Memory.Span);
        else CopyPlanes(buffer, filled, copy.Memory.Span);
        var error = _stream.Requeue(buffer);
        if (error == Errno.None) return (copy, bytes);
        copy.Return();
        throw Lost(error);
    }

    /// <summary>Planes behind each other, rows without padding, as <see cref="FrameFormat"/> has them.</summary>
    private void CopyPlanes(V4l2Buffer buffer, in FilledBuffer filled, Span<byte> to)
    {
        var layout = _setup.Layout;
        for (var plane = 0; plane < layout.Planes; plane++)
        {
            var (rowBytes, rows) = CaptureLayout.PlaneSize(layout.Frame, plane);
            var from = buffer.Planes[plane].Memory.Span[(int)filled[plane].Offset..];
            for (var row = 0; row < rows; row++) from.Slice(row * layout.PlaneStride(plane), rowBytes).CopyTo(to[(row * rowBytes)..]);
            to = to[(rows * rowBytes)..];
        }
    }

    private FrameFormat Format(FrameBuffer pixels, int length)
    {
        if (!_setup.Layout.IsCompressed) return _setup.Layout.Frame;
        // The picture's own size where it says one: a writer of v4l2loopback may lie in the format. What cannot be decoded, the decoder counts.
        return JpegHeader.TryRead(pixels.Memory.Span[..length], out var width, out var height) ? FrameFormat.Jpeg(width, height) : _setup.Layout.Frame;
    }

    private void Requeue(V4l2Buffer buffer)
    {
        var error = _stream.Requeue(buffer);
        if (error != Errno.None) throw Lost(error);
    }

    private CaptureException Lost(Errno error) => error switch
    {
        Errno.EAGAIN => new CaptureException($"The camera {_device} has stopped by itself; unplug it and plug it in again, and see dmesg for what its driver says."),
        Errno.EIO or Errno.EPIPE => new CaptureException($"The camera {_device} has failed ({error}): its driver gave the stream up, or lost the signal; check its cable and power, and see dmesg."),
        _ => V4l2Failure.OfRequest(_device, "a frame", error),
    };

    private static int NeededInPlane(in CaptureLayout layout, int plane)
    {
        var (rowBytes, rows) = CaptureLayout.PlaneSize(layout.Frame, plane);
        return (layout.PlaneStride(plane) * (rows - 1)) + rowBytes;
    }
}
