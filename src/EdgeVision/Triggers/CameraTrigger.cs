using System.Threading.Channels;
using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Outputs;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Triggers;

/// <summary>
/// One camera's trigger: takes its pulses, and sees to it that each gets its frames or an explanation. Outlives the camera's restarts, so
/// that a pulse without a camera is explained, too. Three threads meet here, for microseconds each: the one that reads the line
/// (<see cref="ReadAsync"/>), the camera's capture thread (<see cref="TriggeredSource"/>) and the camera loop.
/// </summary>
public sealed partial class CameraTrigger : IAsyncDisposable
{
    /// <summary>All who wait, explained at once, and as many before them while the disk is slow; what does not fit is added up as lost pulses.</summary>
    private const int MaxUntold = 2 * TriggerMatcher.MaxWaiting;

    private readonly TriggerSetting _setting;
    private readonly Func<ITriggerSource> _open;
    private readonly Strobe? _strobe;
    private readonly TriggerTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly TriggerMatcher _matcher;
    private readonly FrameClock _clock;
    private readonly LostPulses _lost = new();
    private readonly List<TriggerAnswer> _answers = [];
    private readonly ITimer _patience;
    private readonly Channel<VisionEvent?> _untold;
    private readonly Queue<VisionEvent> _later = new(); // under the lock
    private readonly Task _telling;
    private string? _noCamera;
    private long _pulses;
    private int _disposed;

    /// <param name="setting">What it is.</param>
    /// <param name="open">Opens its line; called again after each failure, on the thread of <see cref="ReadAsync"/>.</param>
    /// <param name="strobe">Lit by each pulse; null for none. Disposed with the trigger.</param>
    /// <param name="tell">Takes explanations, one batch at a time, and returns when they are safe.</param>
    /// <param name="telemetry">Counts.</param>
    /// <param name="time">The clock of edges and frames.</param>
    /// <param name="log">For pulses without a frame.</param>
    public CameraTrigger(
        TriggerSetting setting, Func<ITriggerSource> open, Strobe? strobe, Func<IReadOnlyList<VisionEvent>, Task> tell, TriggerTelemetry telemetry, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(setting);
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(tell);
        ArgumentNullException.ThrowIfNull(telemetry);
        ArgumentNullException.ThrowIfNull(time);
        (_setting, _open, _strobe, _telemetry, _time, _log) = (setting, open, strobe, telemetry, time, log);
        _matcher = new TriggerMatcher(setting.Rule, time);
        _clock = new FrameClock(time);
        _noCamera = $"Camera '{setting.Camera}' gave no frame yet when the pulse came; wait until it runs.";
        // Null only wakes the reader. Full: the writer keeps the event and adds it up. Many writers, one reader.
        _untold = Channel.CreateBounded<VisionEvent?>(new BoundedChannelOptions(MaxUntold) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
        _patience = time.CreateTimer(static trigger => ((CameraTrigger)trigger!).OutOfPatience(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _telling = Task.Run(() => TellAsync(tell));
    }

    /// <summary>Name of the camera whose frames it asks for.</summary>
    public string Camera => _setting.Camera;

    /// <summary>Frames of pulses that may wait for detection.</summary>
    public int Queue => _setting.Queue;

    internal TimeSpan? ExposureOffset => _setting.ExposureOffset;

    /// <summary>Frames before the newest whose pixels are kept.</summary>
    internal int Held => _matcher.Held;

    /// <summary>The camera gave its first frame: pulses wait for frames from now on.</summary>
    internal void CameraRuns()
    {
        lock (_gate) _noCamera = null;
    }

    /// <summary>The camera is closed, lost or at its end: who waits is told so, and so is every pulse until it runs again.</summary>
    internal void CameraGone()
    {
        lock (_gate)
        {
            _noCamera = $"Camera '{_setting.Camera}' gave no frames when the pulse came; its newest camera event says why.";
            Abandon(TriggerOutcome.NoCamera, $"Camera '{_setting.Camera}' was closed before the frame came; its newest camera event says why, unless EdgeVision was stopped.");
        }
    }

    /// <summary>A frame came. Appends the answers that have a frame to <paramref name="frames"/>; the others are told from here.</summary>
    internal void Frame(in FrameMoment frame, List<TriggerAnswer> frames)
    {
        lock (_gate)
        {
            _answers.Clear();
            _matcher.Frame(frame, _answers);
            foreach (var answer in _answers)
            {
                if (answer.Frame != 0) frames.Add(answer);
                else Explain(answer, null);
            }

            Settle();
        }
    }

    /// <summary>A frame of pulses that nobody will look at any more: each of them is told why. A frame without pulses is nobody's business.</summary>
    /// <param name="frame">Still the caller's.</param>
    /// <param name="outcome"><see cref="TriggerOutcome.Dropped"/> or <see cref="TriggerOutcome.Failed"/>.</param>
    /// <param name="reason">A sentence that ends in what to do.</param>
    public void Explain(Frame frame, TriggerOutcome outcome, string reason)
    {
        ArgumentNullException.ThrowIfNull(frame);
        foreach (var answer in frame.Triggers ?? [])
        {
            lock (_gate) Explain(answer with { Outcome = outcome, Reason = reason }, frame.Sequence);
        }
    }

    /// <summary>The event of one pulse whose frame was looked at; counted as told.</summary>
    public TriggerEvent Answer(TriggerAnswer answer, FrameEvent seen)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(seen);
        Count(answer);
        return EventOf(answer, seen.FrameSequence) with { Time = seen.Time, Seen = seen };
    }

    /// <summary>Tells something of this camera in turn with the explanations.</summary>
    public void Tell(VisionEvent? happened)
    {
        if (happened is null) return;
        lock (_gate)
        {
            // It comes once for each change, unlike explanations: it is never left out.
            if (!_untold.Writer.TryWrite(happened)) _later.Enqueue(happened);
        }
    }

    /// <summary>Explains what still waits, and returns when that is told. After the camera is stopped and <see cref="ReadAsync"/> has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            lock (_gate)
            {
                _noCamera = "EdgeVision was stopped before a frame came.";
                Abandon(TriggerOutcome.NoCamera, _noCamera);
            }

            await _patience.DisposeAsync().ConfigureAwait(false);
            _strobe?.Dispose();
            _untold.Writer.TryComplete();
        }

        await _telling.ConfigureAwait(false);
    }

    private void OutOfPatience()
    {
        lock (_gate)
        {
            _answers.Clear();
            _matcher.Expire(_time.GetTimestamp(), _answers);
            foreach (var answer in _answers) Explain(answer, null);
            Settle();
        }
    }

    private void Abandon(TriggerOutcome outcome, string reason)
    {
        _answers.Clear();
        _matcher.Abandon(outcome, reason, _answers);
        foreach (var answer in _answers) Explain(answer, null);
        Settle();
    }

    /// <summary>After every change of who waits.</summary>
    private void Settle()
    {
        if (_matcher.Waiters == 0) _strobe?.FrameCame();
        // A millisecond beyond, because timers count whole ones and cut the rest off.
        var wait = _matcher.Deadline is { } deadline
            ? TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(_time.GetElapsedTime(_time.GetTimestamp(), deadline).TotalMilliseconds)) + 1)
            : Timeout.InfiniteTimeSpan;
        if (Volatile.Read(ref _disposed) == 0) _patience.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
