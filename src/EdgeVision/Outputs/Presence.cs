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
    private long? _newest;

    /// <summary>A frame came out of the detector.</summary>
    /// <param name="isSeen">It shows what is looked for.</param>
    /// <param name="timestamp">
    /// Of capture, <see cref="TimeProvider.GetTimestamp"/>. One a little older than the newest says nothing; one from much earlier is that of a
    /// clock that was wrong before, and begins anew.
    /// </param>
    public void Frame(bool isSeen, long timestamp)
    {
        if (_newest is { } newest)
        {
            var sinceNewest = time.GetElapsedTime(newest, timestamp);
            if (sinceNewest < TimeSpan.Zero && sinceNewest >= -forget) return;
            if (sinceNewest.Duration() > forget || IsGap(isSeen, newest, timestamp)) _isRunning = false;
        }

        _newest = timestamp;
        if (!isSeen) return;
        _lastSeen = timestamp;
        if (_isRunning) return;
        (_isRunning, _since) = (true, timestamp);
    }

    /// <summary>It is present.</summary>
    /// <param name="now"><see cref="TimeProvider.GetTimestamp"/>.</param>
    public bool Holds(long now) => _isRunning && time.GetElapsedTime(_since, _lastSeen) >= needed && time.GetElapsedTime(_newest!.Value, now) <= forget;

    /// <summary>Between two frames that both show it there is none, however far apart they are.</summary>
    private bool IsGap(bool isSeen, long newest, long timestamp) => !(isSeen && newest == _lastSeen) && time.GetElapsedTime(_lastSeen, timestamp) > gap;
}
