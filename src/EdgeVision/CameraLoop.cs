using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Motion;
using EdgeVision.Outputs;
using Microsoft.Extensions.Logging;

namespace EdgeVision;

/// <summary>
/// One camera: frames in, events out. Inference blocks the loop on purpose: while it runs, newer frames replace older ones in the mailbox.
/// </summary>
public sealed partial class CameraLoop
{
    /// <summary>One: a second waiting frame would only be an older one, and cost its age in latency whenever detection is slower than capture.</summary>
    private const int MailboxCapacity = 1;

    private readonly string _name;
    private readonly IFrameSource _source;
    private readonly FrameDecoder _decode;
    private readonly IDetector _detector;
    private readonly FrameRateCap _rate;
    private readonly CameraLife _life;
    private readonly Outbox _outbox;
    private readonly CameraTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly DetectionList _detections = new();
    private readonly List<VisionEvent> _events = [];
    private bool _hasLooked;     // the detections are those of the newest frame that was looked at

    public CameraLoop(
        string name, CameraOptions options, IFrameSource source, FrameDecoder decode, IDetector detector, CameraLife life, Outbox outbox,
        CameraTelemetry telemetry, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(detector);
        _name = name;
        _source = source;
        _decode = decode;
        (_detector, _model) = (detector, detector.Model);
        _rate = new FrameRateCap(options.MaxFps, time);
        _life = life;
        _outbox = outbox;
        _telemetry = telemetry;
        _time = time;
        _log = log;
        _options = options;
        _filter = FilterOf(options);
        _sampler = SamplerOf(options);
        _motion = MotionOf(options);
        (_droppedTold, _skippedTold) = (telemetry.Dropped, telemetry.Skipped);
        (_missedTold, _corruptedTold) = (telemetry.Capture.Missed, telemetry.Capture.Corrupted);
    }

    /// <summary>Asked after each frame that went through the detector, once its events are safe; false ends the loop.</summary>
    public Func<bool>? GoOn { get; init; }

    /// <summary>Asked for each frame, which is looked at only while the gate is open; null, here or there, for always.</summary>
    public Func<Gate?>? Gate { get; init; }

    /// <summary>Told what the detector found in a frame before anything is filtered out; null for nobody. For who must hide what is not even reported.</summary>
    public DetectionObserver? Found { get; init; }

    /// <summary>Asked for the picture of a frame that becomes an event, while it is at hand; null, here or there, for none. It takes the loop's time.</summary>
    public Func<Frame, FrameEvent, PictureReference?>? Picture { get; init; }

    /// <summary>Asked of each frame that was looked at, after all filters: true makes it an event that is handed to <see cref="Asked"/>; null for never.</summary>
    public Func<DetectionList, bool>? Doubts { get; init; }

    /// <summary>Gets the frame, for as long as it runs, and its event. It takes the loop's time.</summary>
    public Action<Frame, FrameEvent>? Asked { get; init; }

    /// <summary>Told what each frame showed, also of one that was left out because nothing moved; null for nobody.</summary>
    public DetectionObserver? Seen { get; init; }

    /// <summary>
    /// Runs until the source ends, <see cref="GoOn"/> says no, or <paramref name="stopping"/> fires. A source that fails throws its
    /// exception here: the supervisor's to handle.
    /// </summary>
    /// <returns>True when the source came to its end.</returns>
    public async Task<bool> RunAsync(CancellationToken stopping)
    {
        await using var frames = OpenMailbox(stopping);

        try
        {
            await foreach (var frame in frames.ReadAllAsync())
            {
                var inferred = false;
                _telemetry.Runs();
                TakeSettings();
                using (frame)
                {
                    if (_life.FrameArrived() is { } recovered) _events.Add(recovered);
                    try
                    {
                        inferred = await ObserveAsync(frame, stopping);
                    }
                    finally
                    {
                        if (!inferred) ExplainUnseen(frame);
                    }
                }

                if (_events.Count > 0)
                {
                    // May wait for the disk; frames, not events, pay for it. A pulse's answer is handed over even at the stop.
                    await _outbox.AppendAsync(_events, Trigger is null ? stopping : CancellationToken.None).AsTask().WaitAsync(stopping);
                    _telemetry.CountEvents(_events.Count);
                    _events.Clear();
                }

                ReportLosses(atOnce: false);
                if (inferred && GoOn?.Invoke() == false) return false;
            }
        }
        finally
        {
            ReportLosses(atOnce: true);
        }

        stopping.ThrowIfCancellationRequested();
        return true;
    }

    /// <summary>True when the frame went through the detector.</summary>
    private async ValueTask<bool> ObserveAsync(Frame frame, CancellationToken stopping)
    {
        if (frame.Origin?.Fault is { } fault)
        {
            Skip(frame, fault);
            return false;
        }

        var taken = _time.GetTimestamp();
        if (!HearCommands(frame) && (IsPaused() || IsGated(taken))) return false;
        _telemetry.Wait.Record(_time.GetElapsedTime(frame.Timestamp, taken));
        if (frame.Format.Pixels is not PixelFormat.Jpeg) return await DetectAsync(frame, taken, TimeSpan.Zero, stopping);

        if (!_decode(frame, _detector.LeastScale(frame.UprightWidth, frame.UprightHeight), out var reason))
        {
            Skip(frame, frame.Origin is { } origin ? $"'{origin.Path}': {reason}" : reason);
            return false;
        }

        var decoding = _time.GetElapsedTime(taken);
        _telemetry.Decode.Record(decoding);
        return await DetectAsync(frame, taken, decoding, stopping);
    }

    private bool IsGated(long now)
    {
        if (Gate?.Invoke() is not { } gate) return false;
        var isClosed = !gate.IsOpen(now);
        _telemetry.MeetGate(isClosed);
        if (isClosed) _skipReason = "the camera's gate is closed";     // only a pulse asks for it
        return isClosed;
    }

    private async ValueTask<bool> DetectAsync(Frame frame, long taken, TimeSpan decoding, CancellationToken stopping)
    {
        // Without a word to the sampler: what it was told last holds until somebody looks again.
        // A pulse wants its frame though nothing moves.
        if (frame.Triggers is null && _motion?.Wants(frame) == false && !_isAsked)
        {
            _telemetry.CountStill();
            // It shows what the last one showed, which is still in the list.
            if (_hasLooked) Seen?.Invoke(_detections.Span, frame.Timestamp);
            return false;
        }

        _hasLooked = false;
        _detections.Clear();
        var status = await _detector.DetectAsync(frame, _detections, stopping);
        if (status is not DetectionStatus.Ok)
        {
            Skip(frame, DetectorSaid(status));
            return false;
        }

        _telemetry.CountInferred(_detections.Timings, _time.GetTimestamp());
        TakeModel();
        Found?.Invoke(_detections.Span, frame.Timestamp);
        _filter.Apply(_detections, frame.UprightWidth, frame.UprightHeight);
        _telemetry.CountDetections(_detections.Span);
        _hasLooked = true;
        Seen?.Invoke(_detections.Span, frame.Timestamp);
        var isDue = frame.Triggers is null && _sampler.Wants(_detections.Span, frame.Timestamp);
        var isDoubted = frame.Triggers is null && Doubts?.Invoke(_detections) == true;
        if (frame.Triggers is null && !isDue && !_isAsked && !isDoubted) return true;
        var seen = ToEvent(frame, _time.GetElapsedTime(frame.Timestamp, taken), decoding);
        if (Picture?.Invoke(frame, seen) is { } picture) seen = seen with { Picture = picture };
        if (frame.Triggers is { } answers) Answer(answers, seen);
        if (isDue || _isAsked || isDoubted) _events.Add(seen);
        if (isDoubted) Asked?.Invoke(frame, seen);
        if (_isAsked) Requests?.Tell(seen);
        return true;
    }

    private FrameEvent ToEvent(Frame frame, TimeSpan waited, TimeSpan decoding) => new()
    {
        Camera = _name,
        Time = frame.CapturedAt,
        Model = _detector.Model,
        FrameSequence = frame.Sequence,
        Width = frame.UprightWidth,
        Height = frame.UprightHeight,
        Objects = _detections.Span.ToArray(),
        Wait = waited,
        Decode = decoding,
        Landmarks = _detections.Landmarks.ToArray(),
        LandmarksPerObject = _detections.LandmarksPerObject,
        Timings = _detections.Timings,
    };

    private static string DetectorSaid(DetectionStatus status) => status switch
    {
        DetectionStatus.UnsupportedFrame => "the detector cannot read this pixel format",
        DetectionStatus.Failed => "the model failed on it",
        _ => "no detector is available",
    };
}
