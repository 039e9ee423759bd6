using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.Triggers;

/// <summary>
/// A camera that runs freely and lets only those frames through that belong to a pulse, each with its answers in
/// <see cref="Frame.Triggers"/>. The newest frames are kept as they are, on loan from the driver: a pulse may be read after its frame, or
/// belong to the frame before it. What goes on is a copy, so that waiting for detection holds no buffer of a driver.
/// </summary>
public sealed class TriggeredSource : IFrameSource
{
    private readonly IFrameSource _camera;
    private readonly CameraTrigger _trigger;
    private readonly FramePool _pool;
    private readonly ExposureClock _exposure;
    private readonly List<(long Key, Frame Frame)> _held = [];
    private readonly Queue<Frame> _ready = new();
    private readonly List<TriggerAnswer> _answers = [];
    private long _frames;

    /// <param name="camera">Disposed with this.</param>
    /// <param name="trigger">Says which frames; outlives this.</param>
    /// <param name="pool">Lends the pixels of frames that go on.</param>
    /// <param name="time">The clock of frame timestamps.</param>
    public TriggeredSource(IFrameSource camera, CameraTrigger trigger, FramePool pool, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(camera);
        ArgumentNullException.ThrowIfNull(trigger);
        ArgumentNullException.ThrowIfNull(pool);
        (_camera, _trigger, _pool) = (camera, trigger, pool);
        _exposure = new ExposureClock(trigger.ExposureOffset, time);
    }

    /// <summary>Told of the camera's first frame, on the capture thread: it runs, though no pulse may come for an hour.</summary>
    public Action? Runs { get; init; }

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        while (!_ready.TryDequeue(out frame))
        {
            if (!_camera.TryRead(out var newest, stopping)) return false;
            if (_frames++ == 0)
            {
                _trigger.CameraRuns();
                Runs?.Invoke();
            }

            Take(newest);
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var (_, frame) in _held) frame.Dispose();
        _held.Clear();
        while (_ready.TryDequeue(out var frame))
        {
            using (frame) _trigger.Explain(frame, TriggerOutcome.Dropped, "The camera was closed before detection; nothing is to be done if EdgeVision was stopped.");
        }

        _camera.Dispose();
        _trigger.CameraGone();
    }

    public override string ToString() => $"{_camera}, triggered";

    private void Take(Frame newest)
    {
        if (_exposure.Of(_frames, newest.Timestamp, newest.Sequence, newest.Stamp) is not { } moment)
        {
            newest.Dispose();
            return;
        }

        _held.Add((_frames, newest));
        _answers.Clear();
        _trigger.Frame(moment, _answers);
        if (_answers.Count > 0)
        {
            foreach (var (key, held) in _held) Copy(key, held);
        }

        while (_held.Count > _trigger.Held)
        {
            _held[0].Frame.Dispose();
            _held.RemoveAt(0);
        }
    }

    private void Copy(long key, Frame frame)
    {
        var answers = _answers.FindAll(a => a.Frame == key);
        if (answers.Count > 0) _ready.Enqueue(frame.Clone(_pool, answers));
    }
}
