namespace EdgeVision.Capture.Ffmpeg;

/// <summary>
/// Maps the time stamps of a live stream to <see cref="TimeProvider.GetTimestamp"/>'s clock. No frame was taken after it arrived, so the
/// smallest delay seen is the mapping: frames keep the camera's spacing, whatever the network does to their arrival. A camera's clock that goes
/// slower than ours is followed by a thousandth, ten times what a crystal is off. One thread.
/// </summary>
/// <remarks>The camera's delay itself (exposure, encoding, fastest way) stays unknown. Why not its NTP times: docs/adr/0011.</remarks>
internal sealed class StreamClock(TimeProvider time)
{
    /// <summary>A frame later than this against the mapping comes from another time: the camera's clock was set.</summary>
    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(5);

    private const long CreepDivisor = 1000;

    private readonly long _origin = time.GetTimestamp();
    private TimeSpan? _offset;
    private TimeSpan _arrival;
    private TimeSpan _pts;
    private long _last;

    /// <summary>How often the mapping was taken anew because the stream's time stamps jumped.</summary>
    public int Jumps { get; private set; }

    /// <summary>When the frame that has just arrived was taken; later with each frame.</summary>
    /// <param name="pts">Its time on the stream's clock.</param>
    public long Map(TimeSpan pts)
    {
        var now = time.GetTimestamp();
        var arrival = time.GetElapsedTime(_origin, now);
        var offset = arrival - pts;
        if (_offset is not { } mapped)
        {
            _offset = offset;
        }
        else if (pts < _pts || offset - mapped > MaxLag)
        {
            _offset = offset;
            Jumps++;
        }
        else
        {
            var creep = TimeSpan.FromTicks(Math.Max(0, (arrival - _arrival).Ticks / CreepDivisor));
            _offset = offset < mapped + creep ? offset : mapped + creep;
        }

        (_arrival, _pts) = (arrival, pts);
        var at = _origin + (long)((Int128)(pts + _offset.Value).Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);
        return _last = Math.Max(at, _last + 1);
    }
}
