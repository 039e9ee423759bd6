namespace EdgeVision.Outputs;

/// <summary>The state of the whole node as a pattern of one lamp. A pure function of what the counters say, and when they last moved.</summary>
/// <remarks>Dark is not among the patterns: it is what a node shows that does not run.</remarks>
public sealed class StatusLight
{
    /// <summary>A node that skips a broken picture now and then is fine; one that used none for so long is not.</summary>
    private static readonly TimeSpan Useless = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1), Flash = TimeSpan.FromMilliseconds(150), Pause = TimeSpan.FromSeconds(1.5);

    private static readonly OutputPattern SlowBlink = OutputPattern.Blink(Slow, Slow);
    private static readonly OutputPattern TwoFlashes = OutputPattern.Flashes(2, Flash, Pause);
    private static readonly OutputPattern ThreeFlashes = OutputPattern.Flashes(3, Flash, Pause);

    private readonly CameraWatch[] _cameras;
    private readonly Func<bool> _linkFails;
    private readonly Func<bool> _linesFail;

    /// <param name="cameras">All of the node.</param>
    /// <param name="linkFails">A sink cannot deliver.</param>
    /// <param name="linesFail">A gate or an output of the node has failed.</param>
    /// <param name="time">Measures since when.</param>
    public StatusLight(IEnumerable<CameraTelemetry> cameras, Func<bool> linkFails, Func<bool> linesFail, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(linkFails);
        ArgumentNullException.ThrowIfNull(linesFail);
        _cameras = [.. cameras.Select(camera => new CameraWatch(camera, time))];
        (_linkFails, _linesFail) = (linkFails, linesFail);
    }

    /// <summary>Steady for ok; 1 s on, 1 s off for degraded; two flashes of 150 ms and 1.5 s dark for no camera; three for no link.</summary>
    public static OutputPattern PatternOf(NodeStatus status) => status switch
    {
        NodeStatus.Degraded => SlowBlink,
        NodeStatus.NoCamera => TwoFlashes,
        NodeStatus.NoLink => ThreeFlashes,
        _ => OutputPattern.Level,
    };

    /// <summary>One thread at a time.</summary>
    /// <param name="now"><see cref="TimeProvider.GetTimestamp"/>; not before the last.</param>
    public NodeStatus Look(long now)
    {
        var (working, failing) = (0, 0);
        foreach (var camera in _cameras)
        {
            camera.Look(now);
            // A clip that came to its end is neither: that is what it was meant to do.
            if (camera.Condition is CameraCondition.Ended) continue;
            if (camera.Condition is CameraCondition.Runs && !camera.IsUseless(Useless, now)) working++;
            else failing++;
        }

        if (working == 0 && failing > 0) return NodeStatus.NoCamera;
        if (_linkFails()) return NodeStatus.NoLink;
        return failing > 0 || _linesFail() ? NodeStatus.Degraded : NodeStatus.Ok;
    }
}
