namespace EdgeVision.Outputs;

/// <summary>Wanted for what cameras do rather than for what they see: one is lost, or all are healthy.</summary>
public sealed class ConditionRule : OutputRule
{
    private readonly Lock _gate = new();
    private readonly OutputRuleOptions _options;
    private readonly CameraWatch[] _cameras;

    /// <param name="options">Of the kinds <see cref="OutputRuleKind.CameraLost"/> and <see cref="OutputRuleKind.Healthy"/>.</param>
    /// <param name="cameras">Those it watches.</param>
    /// <param name="time">Measures since when.</param>
    public ConditionRule(OutputRuleOptions options, IEnumerable<CameraTelemetry> cameras, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _cameras = [.. cameras.Select(camera => new CameraWatch(camera, time))];
    }

    public override bool IsWanted(long now)
    {
        lock (_gate)
        {
            foreach (var camera in _cameras) camera.Look(now);
            return _options.Kind is OutputRuleKind.CameraLost ? AnyLost(now) : AllHealthy(now);
        }
    }

    private bool AnyLost(long now)
    {
        foreach (var camera in _cameras)
        {
            if (camera.IsLost(_options.For, now)) return true;
        }

        return false;
    }

    /// <summary>A clip that came to its end is as it was meant to be, but no camera that watches.</summary>
    private bool AllHealthy(long now)
    {
        foreach (var camera in _cameras)
        {
            if (!camera.IsHealthy(_options.ForgetAfter, now)) return false;
        }

        return _cameras.Length > 0;
    }
}
