namespace EdgeVision.Outputs;

/// <summary>
/// From what is wanted of a line to its level: patterns, pulses by command, and the shortest times on and off. Pure: it is told the time,
/// which must not run backwards, and says when to ask again. One thread.
/// </summary>
/// <remarks>
/// The shortest times hold for the whole activation, which is the line itself but for a blinking one: from its first on to its end.
/// The shortest time off holds from the beginning, too: a node that is started again and again must not switch a motor as often.
/// </remarks>
public sealed class OutputTiming
{
    private readonly TimeSpan _minimumOn;
    private readonly TimeSpan _minimumOff;
    private OutputPattern? _wanted;
    private OutputPattern? _running;
    private TimeSpan _startedAt;
    private TimeSpan _endedAt;
    private bool _isSpent;     // the wanted pulse has been given
    private TimeSpan? _commanded;
    private TimeSpan? _commandUntil;

    /// <param name="minimumOn">An activation lasts at least so long; a pulse has its own length.</param>
    /// <param name="minimumOff">Between two activations, and before the first.</param>
    /// <param name="now">Time of an arbitrary beginning.</param>
    public OutputTiming(TimeSpan minimumOn, TimeSpan minimumOff, TimeSpan now) => (_minimumOn, _minimumOff, _endedAt) = (minimumOn, minimumOff, now);

    private bool IsActive => _running is not null || _commandUntil is not null;

    /// <summary>Says what is wanted from now on; null is nothing.</summary>
    public void Want(OutputPattern? pattern, TimeSpan now)
    {
        if (ReferenceEquals(pattern, _wanted)) return;
        if (pattern is { Extends: true } && ReferenceEquals(pattern, _running)) _startedAt = now;
        // Wanted again during its own pulse: that pulse is the answer.
        _isSpent = pattern is { IsOnce: true } && ReferenceEquals(pattern, _running);
        _wanted = pattern;
    }

    /// <summary>On for so long whatever else is wanted, and for the shortest time on at least; during the shortest time off it begins when that is over.</summary>
    public void Command(TimeSpan length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, TimeSpan.Zero);
        _commanded = length > _minimumOn ? length : _minimumOn;
    }

    /// <summary>The line was lost, and is off as far as anybody knows: the shortest time off begins now, and a pulse under way is not given again.</summary>
    public void Interrupt(TimeSpan now)
    {
        if (IsActive) End(now);
        _commanded = null;
    }

    /// <summary>The level that the line must have now.</summary>
    /// <param name="now">Not before what was said last.</param>
    /// <param name="next">Until it must be asked again even if nothing else happens; <see cref="Timeout.InfiniteTimeSpan"/> for never.</param>
    public bool LevelAt(TimeSpan now, out TimeSpan next)
    {
        Finish(now);
        Begin(now);
        next = Timeout.InfiniteTimeSpan;
        var level = false;
        if (_running is { } pattern)
        {
            level = pattern.At(now - _startedAt, out next);
            if (_wanted is null && !pattern.IsOnce) Sooner(ref next, _startedAt + _minimumOn - now);
        }

        if (_commandUntil is { } until)
        {
            level = true;
            Sooner(ref next, until - now);
        }

        if (!IsActive && IsDue) Sooner(ref next, _endedAt + _minimumOff - now);
        return level;
    }

    /// <summary>Something waits to begin.</summary>
    private bool IsDue => _commanded is not null || (_wanted is not null && !_isSpent);

    private void Finish(TimeSpan now)
    {
        if (!IsActive) return;
        if (_commandUntil is { } until && now >= until) _commandUntil = null;
        if (_running is { } pattern && IsOver(pattern, now))
        {
            _isSpent = pattern.IsOnce && ReferenceEquals(pattern, _wanted);
            _running = null;
        }

        if (!IsActive) _endedAt = now;
    }

    private bool IsOver(OutputPattern pattern, TimeSpan now)
    {
        if (pattern.IsOnce) return now - _startedAt >= pattern.Cycle;
        return _wanted is null && now - _startedAt >= _minimumOn;
    }

    private void Begin(TimeSpan now)
    {
        if (!IsActive && (!IsDue || now - _endedAt < _minimumOff)) return;
        if (_commanded is { } length)
        {
            if (_commandUntil is not { } until || now + length > until) _commandUntil = now + length;
            _commanded = null;
        }

        if (_wanted is null || _isSpent || ReferenceEquals(_wanted, _running)) return;
        // A pulse that is under way is given in full before another pattern takes over.
        if (_running is { IsOnce: true }) return;
        (_running, _startedAt) = (_wanted, now);
    }

    private void End(TimeSpan now)
    {
        _isSpent = _running is { IsOnce: true } && ReferenceEquals(_running, _wanted);
        (_running, _commandUntil, _endedAt) = (null, null, now);
    }

    private static void Sooner(ref TimeSpan next, TimeSpan other)
    {
        if (next == Timeout.InfiniteTimeSpan || other < next) next = other < TimeSpan.Zero ? TimeSpan.Zero : other;
    }
}
