namespace EdgeVision.Outputs;

/// <summary>One camera's state as outputs see it, from look to look; what a counter does not say by itself is how long ago it moved. One thread.</summary>
public sealed class CameraWatch(CameraTelemetry camera, TimeProvider time)
{
    private long _used = -1;
    private long _usedAt = time.GetTimestamp();
    private long _skipped;
    private long _skippedAt;
    private long? _lostAt;

    public CameraCondition Condition => camera.Condition;

    /// <summary>Reads the counters.</summary>
    /// <param name="now"><see cref="TimeProvider.GetTimestamp"/>.</param>
    public void Look(long now)
    {
        var skipped = camera.Skipped;
        var used = camera.Taken - skipped;
        // Only upwards: the frame in hand counts as used until it is skipped.
        if (used > _used) (_used, _usedAt) = (used, now);
        if (skipped != _skipped) (_skipped, _skippedAt) = (skipped, now);
        if (Condition is not CameraCondition.Lost) _lostAt = null;
        else _lostAt ??= now;
    }

    /// <summary>It gives frames, the newest of them within <paramref name="within"/>, and they can be used.</summary>
    public bool IsHealthy(TimeSpan within, long now) => Condition is CameraCondition.Runs && time.GetElapsedTime(_usedAt, now) <= within;

    /// <summary>It failed, at least so long ago.</summary>
    public bool IsLost(TimeSpan atLeast, long now) => _lostAt is { } since && time.GetElapsedTime(since, now) >= atLeast;

    /// <summary>It gives frames, and none could be used for longer than <paramref name="within"/>: broken pictures, a model that fails.</summary>
    public bool IsUseless(TimeSpan within, long now) =>
        Condition is CameraCondition.Runs && _skippedAt > _usedAt && time.GetElapsedTime(_usedAt, now) > within;
}
