using EdgeVision.Events;

namespace EdgeVision;

/// <summary>
/// What is to be told of a camera's losses and returns: one event when an episode begins or its cause changes, one when frames are back.
/// Outlives the camera's restarts. Any thread: a triggered camera's frames are seen by its capture thread first.
/// </summary>
public sealed class CameraLife(string camera, TimeProvider time)
{
    private readonly Lock _gate = new();
    private DateTimeOffset? _lostAt;
    private long _lostTimestamp;
    private string? _reason;
    private int _attempts;

    /// <summary>True while the camera gives no frames because it failed.</summary>
    public bool IsLost
    {
        get
        {
            lock (_gate) return _lostAt is not null;
        }
    }

    /// <summary>The camera failed. An event, or null when the same was told before.</summary>
    public CameraEvent? Lost(string reason, TimeSpan retryIn)
    {
        lock (_gate) return LostNow(reason, retryIn);
    }

    /// <summary>A frame arrived. An event when the camera was lost until now.</summary>
    public CameraEvent? FrameArrived()
    {
        lock (_gate) return BackNow();
    }

    /// <summary>The source came to its end.</summary>
    public CameraEvent Ended() => new() { Camera = camera, Time = time.GetUtcNow(), State = CameraState.Ended };

    private CameraEvent? LostNow(string reason, TimeSpan retryIn)
    {
        _attempts++;
        if (_lostAt is null)
        {
            _lostAt = time.GetUtcNow();
            _lostTimestamp = time.GetTimestamp();
        }

        if (reason == _reason) return null;
        _reason = reason;
        return new CameraEvent
        {
            Camera = camera,
            Time = time.GetUtcNow(),
            State = CameraState.Lost,
            Reason = reason,
            Attempt = _attempts,
            RetryIn = retryIn,
        };
    }

    private CameraEvent? BackNow()
    {
        if (_lostAt is null) return null;
        var recovered = new CameraEvent
        {
            Camera = camera,
            Time = time.GetUtcNow(),
            State = CameraState.Recovered,
            Attempt = _attempts,
            Down = time.GetElapsedTime(_lostTimestamp),
        };
        (_lostAt, _reason, _attempts) = (null, null, 0);
        return recovered;
    }
}
