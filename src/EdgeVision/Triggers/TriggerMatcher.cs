using System.Globalization;

namespace EdgeVision.Triggers;

/// <summary>
/// Says which frame belongs to which pulse. Pure: it neither waits nor reads a clock. Every pulse is answered for each of its shots exactly
/// once, with a frame or with an explanation, and each pulse for itself: two that want the same frame both get it, and the later one is told
/// so. One thread at a time.
/// </summary>
/// <remarks>
/// A pulse may be read a little after the frame that belongs to it has come: two threads read them. So the newest frames are remembered
/// (<see cref="Held"/>), and whoever calls keeps their pixels.
/// </remarks>
public sealed class TriggerMatcher
{
    /// <summary>A line that bounces or swings must not fill the memory.</summary>
    public const int MaxWaiting = 1024;

    private readonly TriggerRule _rule;
    private readonly TimeProvider _time;
    private readonly long _delay, _timeout;
    private readonly List<Waiting> _waiting = [];
    private readonly Predicate<Waiting> _isAnswered;
    private readonly List<(FrameMoment Frame, long TakenBy)> _frames = [];

    public TriggerMatcher(TriggerRule rule, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(rule.Burst, 1, nameof(rule));
        (_rule, _time) = (rule, time);
        (_delay, _timeout) = (Units(rule.Delay), Units(rule.Timeout));
        _isAnswered = pulse => pulse.Shots == rule.Burst;
    }

    /// <summary>Frames before the newest one that may still be asked for: 1, or 2 where the one before a pulse may belong to it.</summary>
    public int Held => _rule.Matching is TriggerMatching.Nearest ? 2 : 1;

    /// <summary>Pulses that are not fully answered.</summary>
    public int Waiters => _waiting.Count;

    /// <summary>When the first of them has waited long enough, <see cref="TimeProvider.GetTimestamp"/>; null when none waits.</summary>
    public long? Deadline
    {
        get
        {
            long? first = null;
            foreach (var pulse in _waiting)
            {
                if (first is null || pulse.Expected + _timeout < first) first = pulse.Expected + _timeout;
            }

            return first;
        }
    }

    /// <summary>A pulse came. False when so many wait that it is not taken: the caller answers it.</summary>
    public bool Add(in TriggerPulse pulse)
    {
        if (_waiting.Count >= MaxWaiting) return false;
        _waiting.Add(new Waiting(pulse, pulse.Timestamp + _delay));
        return true;
    }

    /// <summary>A frame came. Appends what it answers: frames, in any order of keys among the newest one and those <see cref="Held"/>, and explanations.</summary>
    public void Frame(in FrameMoment frame, List<TriggerAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        // A camera whose clock went back is a new stream: what was before is no neighbour of it.
        if (_frames.Count > 0 && frame.Start <= _frames[^1].Frame.Start) _frames.Clear();
        if (_frames.Count > Held) _frames.RemoveAt(0);
        _frames.Add((frame, 0));

        foreach (var pulse in _waiting)
        {
            while (pulse.Shots < _rule.Burst && Pick(pulse) is { } picked) answers.Add(Take(pulse, picked));
            if (pulse.Shots < _rule.Burst && frame.Start - pulse.Expected > _timeout) answers.Add(NoFrame(pulse, frame.Interval));
        }

        _waiting.RemoveAll(_isAnswered);
    }

    /// <summary>Appends an explanation for each pulse that has waited long enough for a frame.</summary>
    public void Expire(long now, List<TriggerAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        foreach (var pulse in _waiting)
        {
            if (now - pulse.Expected > _timeout) answers.Add(NoFrame(pulse, _frames.Count > 0 ? _frames[^1].Frame.Interval : 0));
        }

        _waiting.RemoveAll(_isAnswered);
    }

    /// <summary>There will be no frame for those who wait: appends an explanation for each, and forgets the frames that were.</summary>
    public void Abandon(TriggerOutcome outcome, string reason, List<TriggerAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        foreach (var pulse in _waiting) answers.Add(Explain(pulse, outcome, reason));
        _waiting.Clear();
        _frames.Clear();
    }

    /// <summary>The place among the remembered frames of what the pulse gets next; null to wait.</summary>
    private int? Pick(Waiting pulse)
    {
        if (pulse.Shots == 0 && _rule.Matching is TriggerMatching.Nearest) return PickNearest(pulse.Expected);
        for (var i = 0; i < _frames.Count; i++)
        {
            var start = _frames[i].Frame.Start;
            if (pulse.Shots == 0 ? start < pulse.Expected : start <= pulse.Expected) continue;
            return start - pulse.Expected <= _timeout ? i : null;
        }

        return null;
    }

    /// <summary>Not before there is a frame on the other side: it could be nearer.</summary>
    private int? PickNearest(long target)
    {
        if (_frames[^1].Frame.Start < target) return null;
        var best = 0;
        for (var i = 1; i < _frames.Count; i++)
        {
            if (Math.Abs(_frames[i].Frame.Start - target) < Math.Abs(_frames[best].Frame.Start - target)) best = i;
        }

        return Math.Abs(_frames[best].Frame.Start - target) <= _timeout ? best : null;
    }

    private TriggerAnswer Take(Waiting pulse, int place)
    {
        var (frame, takenBy) = _frames[place];
        if (takenBy == 0) _frames[place] = (frame, pulse.Pulse.Number);
        var reason = LateReason(pulse, frame);
        pulse.Got(frame.Start);
        return new TriggerAnswer(pulse.Pulse, pulse.Shots, 1, reason is not null ? TriggerOutcome.Late : takenBy != 0 ? TriggerOutcome.Shared : TriggerOutcome.Matched)
        {
            Frame = frame.Key,
            Difference = _time.GetElapsedTime(pulse.Pulse.Timestamp, frame.Start),
            IsEstimated = frame.IsEstimated,
            SharedWith = takenBy != 0 ? takenBy : null,
            Reason = reason ?? (takenBy != 0
                ? $"Pulse {takenBy.ToString(CultureInfo.InvariantCulture)} has the same frame: pulses come faster than frames. Raise the camera's frame rate, or slow the line down."
                : null),
        };
    }

    /// <summary>
    /// The next frame begins at most one interval after the pulse, the nearest at most half of one before or after. Half an interval more is
    /// forgiven for jitter; beyond, a frame must be missing between.
    /// </summary>
    private string? LateReason(Waiting pulse, in FrameMoment frame)
    {
        if (frame.Interval == 0) return null;
        var distance = Math.Abs(frame.Start - pulse.Expected);
        var allowed = pulse.Shots == 0 && _rule.Matching is TriggerMatching.Nearest ? frame.Interval : frame.Interval + (frame.Interval / 2);
        if (distance <= allowed) return null;
        return $"This frame began {Ms(distance)} ms from where its frame was expected, at {Ms(frame.Interval)} ms from frame to frame: "
            + "one between was lost, or the camera paused. Look for lost frames of this camera.";
    }

    private TriggerAnswer NoFrame(Waiting pulse, long interval) => Explain(pulse, TriggerOutcome.NoFrame,
        $"No frame within {Ms(_timeout)} ms of {(pulse.Shots > 0 ? "the shot before" : _delay > 0 ? "the pulse and its delay" : "the pulse")}"
        + $"{(interval > 0 ? $", of a camera that gave one every {Ms(interval)} ms" : "")}: it stalled, or TimeoutMs is too short for it.");

    private TriggerAnswer Explain(Waiting pulse, TriggerOutcome outcome, string reason)
    {
        var shot = pulse.Shots + 1;
        pulse.Shots = _rule.Burst;
        return new TriggerAnswer(pulse.Pulse, shot, _rule.Burst - shot + 1, outcome) { Reason = reason };
    }

    private long Units(TimeSpan duration) => (long)(duration.TotalSeconds * _time.TimestampFrequency);

    private string Ms(long units) => _time.GetElapsedTime(0, units).TotalMilliseconds.ToString("0.#", CultureInfo.InvariantCulture);

    private sealed class Waiting(TriggerPulse pulse, long expected)
    {
        public TriggerPulse Pulse => pulse;

        /// <summary>Where the next frame is expected: the pulse plus its delay, later the begin of the last shot.</summary>
        public long Expected { get; private set; } = expected;

        /// <summary>That are answered.</summary>
        public int Shots { get; set; }

        public void Got(long start)
        {
            Expected = start;
            Shots++;
        }
    }
}
