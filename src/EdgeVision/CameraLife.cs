using EdgeVision.Events;

namespace EdgeVision;

/// <summary>
/// What is to be told of a camera's losses and returns: one event when an episode begins or its cause changes, one when frames are back.
/// Outlives the camera's restarts. Its supervisor and its camera loop take turns, never at the same time.
/// </summary>
public sealed class CameraLife(string camera, TimeProvider time)
{
    private DateTimeOffset? _lostAt;
    private long _lostTimestamp;
    private string? _reason;
    private int _attempts;

    /// <summary>True while the camera gives no frames because it failed.</summary>
    public bool IsLost => _lostAt is not null;

    /// <summary>The camera failed. An event, or null when the same was told before.</summary>
    public CameraEvent? Lost(string reason, TimeSpan retryIn)
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

    /// <summary>A frame arrived. An event when the camera was lost until now.</summary>
    public CameraEvent? FrameArrived()
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

    /// <summary>The source came to its end.</summary>
    public CameraEvent Ended() => new() { Camera = camera, Time = time.GetUtcNow(), State = CameraState.Ended };
}
