namespace EdgeVision.Outputs;

/// <summary>
/// How long something has been seen by one camera without a gap. Measured by capture times alone: a detector that takes its time, and frames
/// that were dropped, change nothing. One thread.
/// </summary>
/// <param name="needed">Seen for so long, from the first to the newest frame that showed it, it is present.</param>
/// <param name="gap">Frames that do not show it end the presence once it was last seen longer ago than this.</param>
/// <param name="forget">When no frame comes at all, the presence ends this long after the newest.</param>
/// <param name="time">The clock that timestamps belong to.</param>
public sealed class Presence(TimeSpan needed, TimeSpan gap, TimeSpan forget, TimeProvider time)
{
    private bool _isRunning;
    private long _since;
    private long _lastSeen;
    private long _newest;

    /// <summary>A frame came out of the detector.</summary>
    /// <param name="isSeen">It shows what is looked for.</param>
    /// <param name="timestamp">Of capture, <see cref="TimeProvider.GetTimestamp"/>; one older than the newest says nothing and is left out.</param>
    public void Frame(bool isSeen, long timestamp)
    {
        if (_isRunning)
        {
            if (timestamp < _newest) return;
            var noneSince = _newest != _lastSeen;     // frames in between did not show it
            if (time.GetElapsedTime(_newest, timestamp) > forget || ((noneSince || !isSeen) && time.GetElapsedTime(_lastSeen, timestamp) > gap)) _isRunning = false;
        }

        _newest = timestamp;
        if (!isSeen) return;
        _lastSeen = timestamp;
        if (_isRunning) return;
        (_isRunning, _since) = (true, timestamp);
    }

    /// <summary>It is present.</summary>
    /// <param name="now"><see cref="TimeProvider.GetTimestamp"/>.</param>
    public bool Holds(long now) => _isRunning && time.GetElapsedTime(_since, _lastSeen) >= needed && time.GetElapsedTime(_newest, now) <= forget;
}
