using System.Diagnostics.CodeAnalysis;
using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Frames;

namespace EdgeVision.Capture.V4l2;

/// <summary>
/// A camera of this machine. Frames are lent from the driver's buffers, or copied where those are slow to read, run out, or hold the planes of a frame apart.
/// Lost for good when it throws: the supervisor opens it anew.
/// </summary>
internal sealed partial class V4l2Source : IFrameSource
{
    /// <summary>How soon a wish to stop is seen.</summary>
    private const int PollMs = 100;

    /// <summary>Fewer at the driver, and it drops frames while the next is taken.</summary>
    private const int LeastQueued = 2;

    private readonly V4l2Device _device;
    private readonly V4l2Wish _wish;
    private readonly V4l2Setup _setup;
    private readonly V4l2Stream _stream;
    private readonly FramePool _pool;
    private readonly TimeProvider _time;
    private readonly FrameClock _clock;
    private readonly CaptureCounters _counters;
    private readonly WantedControls? _controls;
    private readonly TimeSpan _stall;
    private readonly bool _hasEvents;
    private bool _runs;
    private bool? _copies;
    private uint? _lastSequence;
    private long _sequence;
    private string? _lastFault;

    private V4l2Source(V4l2Device device, V4l2Wish wish, in V4l2Setup setup, V4l2Stream stream, FramePool pool, TimeProvider time, CaptureCounters counters, WantedControls? controls)
    {
        (_device, _wish, _setup, _stream, _pool, _time, _counters, _controls) = (device, wish, setup, stream, pool, time, counters, controls);
        _clock = new FrameClock(time);
        _copies = setup.Layout.Planes > 1 || wish.Copy is V4l2Copy.Always ? true : wish.Copy is V4l2Copy.Never ? false : null;
        // A camera of one frame in ten seconds is not stalled after five.
        var interval = TimeSpan.FromSeconds(Math.Min(200, setup.Interval is { Fps: > 0 } known ? 1 / known.Fps : 0));
        _stall = wish.Stall > 3 * interval ? wish.Stall : 3 * interval;
        var subscription = new V4l2Abi.EventSubscription { Type = V4l2Abi.EventSourceChange };
        // Most webcams have no such event.
        _hasEvents = device.Ioctl(V4l2Abi.SubscribeEvent, ref subscription) == Errno.None;
    }

    /// <summary>Finds and opens the camera and makes it ready; it starts with the first frame that is read, so that none grows old while a model loads.</summary>
    /// <exception cref="CaptureException">It cannot be opened, is busy, or cannot do what is wished.</exception>
    public static V4l2Source Open(V4l2Wish wish, FramePool pool, TimeProvider time, CaptureCounters? counters = null, WantedControls? controls = null)
    {
        var path = wish.Device;
        if (wish.IsByBus && !V4l2Nodes.TryFind(wish.Device, out path)) throw new CaptureException(V4l2Failure.NotFound(wish.Device));
        return Start(V4l2Device.Open(path), wish, pool, time, counters, controls);
    }

    /// <summary>Takes ownership of <paramref name="device"/>, also when it fails.</summary>
    internal static V4l2Source Start(V4l2Device device, V4l2Wish wish, FramePool pool, TimeProvider time, CaptureCounters? counters, WantedControls? controls)
    {
        V4l2Stream? stream = null;
        try
        {
            var setup = V4l2Setup.Apply(device, wish, controls);
            stream = V4l2Stream.Prepare(device, setup.Layout, wish.Buffers);
            return new V4l2Source(device, wish, setup, stream, pool, time, counters ?? new CaptureCounters(), controls);
        }
        catch
        {
            controls?.Closing();
            stream?.Dispose();
            device.Dispose();
            throw;
        }
    }

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        var began = _time.GetTimestamp();
        _lastFault = null;
        if (!_runs) _stream.Begin();
        _runs = true;
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            if (_stream.Failure is not Errno.None and var failure) throw V4l2Failure.OfRequest(_device, "a buffer it gave", failure);
            var error = _device.Raw.Poll(_hasEvents ? PollEvents.In | PollEvents.Priority : PollEvents.In, PollMs, out var happened);
            if (error is not (Errno.None or Errno.ETIMEDOUT or Errno.EINTR)) throw V4l2Failure.OfRequest(_device, "waiting for a frame", error);
            var isBroken = (happened & (PollEvents.Error | PollEvents.HangUp | PollEvents.Invalid)) != 0;
            if (_hasEvents && !isBroken && happened.HasFlag(PollEvents.Priority)) ReadEvents();
            if ((isBroken || happened.HasFlag(PollEvents.In)) && TryTake(isBroken, out frame)) return true;
            if (_time.GetElapsedTime(began) >= _stall) throw V4l2Failure.Stalled(_device, _stall, _lastFault);
        }
    }

    public void Dispose()
    {
        _controls?.Closing();
        _stream.Dispose();
        _device.Dispose();
    }

    /// <summary>What the camera really gives, and what was wished where that is something else.</summary>
    public override string ToString()
    {
        var frame = _setup.Layout.Frame;
        var rate = _setup.Interval is { Fps: > 0 } interval ? $" at {interval} fps" : "";
        var wished = _wish.Fps is { } fps && _setup.Interval is { } given && Math.Abs(given.Fps - fps) > 0.01 * fps ? FormattableString.Invariant($" ({fps} wished)") : "";
        var crop = _setup.Crop is { } part ? $", crop {part}{(part == _wish.Crop ? "" : $" ({_wish.Crop} wished)")}" : "";
        var way = _copies switch { true => "copied", false => "lent", _ => "lent if they are fast" };
        return FormattableString.Invariant($"camera {_device}: {_setup.Layout.Code} {frame.Width}×{frame.Height}{rate}{wished}{crop}, {_stream.Count} buffers, {way}");
    }

    /// <exception cref="CaptureException">The signal has changed: what was agreed holds no more.</exception>
    private void ReadEvents()
    {
        var happened = default(V4l2Abi.Event);
        // Bounded by what is pending; more than a queue of them is a broken driver.
        for (var i = 0; i < 64 && _device.Ioctl(V4l2Abi.DqEvent, ref happened) == Errno.None; i++)
        {
            if (happened.Type != V4l2Abi.EventSourceChange || (happened.Changes & V4l2Abi.SourceChangeResolution) == 0) continue;
            throw new CaptureException($"The camera {_device} says that its signal has changed size or rate; it is opened again with what it gives now; if that fails, take width, height and format out of its address.");
        }
    }
}
