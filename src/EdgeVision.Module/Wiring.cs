using EdgeVision.Inference;
using EdgeVision.Outputs;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>The lines of one configuration: outputs with their rules, the status light, the gates of cameras. See <see cref="Switchboard"/>.</summary>
internal sealed partial class Wiring : IDisposable
{
    /// <summary>What comes to pass without a frame (a loss, frames that stop) is noticed within this time; frames switch at once.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly Telemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Dictionary<string, Gate> _gatesByCamera = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<GateOptions, Gate> _gates = [];
    private readonly Dictionary<string, List<Watch>> _watches = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, DetectionObserver> _observers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, OutputSwitch> _outputs = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<OutputSwitch> _switches = [];
    private readonly LastResort? _lastResort;
    private readonly ITimer? _look;
    private NodeStatus? _status;

    /// <summary>Opens all lines; those that fail are told and tried again.</summary>
    /// <param name="options">Of the node.</param>
    /// <param name="labels">Of the model.</param>
    /// <param name="openOutput">Opens a line that is switched.</param>
    /// <param name="openInput">Opens a line that is read.</param>
    /// <param name="telemetry">What cameras and sinks do.</param>
    /// <param name="time">Times everything.</param>
    /// <param name="logs">For each room.</param>
    public Wiring(
        EdgeVisionOptions options, IReadOnlyList<string> labels, Func<GpioOutputOptions, IOutputLine> openOutput, Func<GpioLineOptions, IInputLine> openInput,
        Telemetry telemetry, TimeProvider time, ILoggerFactory logs)
    {
        (Labels, _telemetry, _time, _log) = (labels, telemetry, time, logs.CreateLogger("outputs"));
        foreach (var (name, camera) in options.Cameras)
        {
            if (camera.Gate is { } gate) _gatesByCamera[name] = GateFor(gate, openInput, logs.CreateLogger("gate"));
        }

        if (options.Outputs.Count == 0 && options.StatusLight is null) return;
        _lastResort = new LastResort(GoSafe);
        foreach (var (name, output) in options.Outputs) Add(name, output, options, labels, openOutput);
        foreach (var (camera, watches) in _watches) _observers[camera] = new Observer([.. watches]).See;
        if (options.StatusLight is { } light) _switches.Add(StatusLight(options, light, openOutput));
        _look = time.CreateTimer(static board => ((Wiring)board!).Refresh(), this, LookEvery, LookEvery);
    }

    /// <summary>In which the rules name classes.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Null for a camera whose frames are always looked at.</summary>
    public Gate? GateOf(string camera) => _gatesByCamera.GetValueOrDefault(camera);

    /// <summary>Null when no output is about what this camera sees.</summary>
    public DetectionObserver? ObserverOf(string camera) => _observers.GetValueOrDefault(camera);

    /// <summary>Null when there is none of this name.</summary>
    public OutputSwitch? Output(string name) => _outputs.GetValueOrDefault(name);

    public IReadOnlyList<string> OutputNames => [.. _outputs.Keys];

    /// <summary>Outputs go to their safe state; nothing switches them afterwards.</summary>
    public void Dispose()
    {
        _look?.Dispose();
        GoSafe();
        foreach (var gate in _gates.Values) gate.Dispose();
        _lastResort?.Dispose();
    }

    private void Add(string name, OutputOptions output, EdgeVisionOptions options, IReadOnlyList<string> labels, Func<GpioOutputOptions, IOutputLine> open)
    {
        var cameras = OutputCheck.Of(output.Rule, options.Cameras).Select(c => c.Key).ToList();
        var detected = output.Rule.Kind is OutputRuleKind.Detected ? new DetectionRule(output.Rule, cameras.Count, labels, _time) : null;
        OutputRule rule = detected is not null ? detected : new ConditionRule(output.Rule, cameras.Select(_telemetry.Camera), _time);
        var line = new OutputSwitch(name, () => open(output.Line), now => rule.IsWanted(now) ? output.Pattern : null, output.MinimumOn, output.MinimumOff, _time, _log);
        _outputs.Add(name, line);
        _switches.Add(line);
        for (var i = 0; detected is not null && i < cameras.Count; i++)
        {
            if (!_watches.TryGetValue(cameras[i], out var watches)) _watches[cameras[i]] = watches = [];
            watches.Add(new Watch(detected, i, line));
        }
    }

    /// <summary>Cameras that wait for the same contact share one reader of its line.</summary>
    private Gate GateFor(GateOptions options, Func<GpioLineOptions, IInputLine> open, ILogger log)
    {
        if (!_gates.TryGetValue(options, out var gate)) _gates[options] = gate = new Gate(options.Line.Line.ToString(), () => open(options.Line), options.OpenWhenFailing, _time, log);
        return gate;
    }

    private OutputSwitch StatusLight(EdgeVisionOptions options, GpioOutputOptions line, Func<GpioOutputOptions, IOutputLine> open)
    {
        var others = _switches.ToList();
        var light = new StatusLight(
            options.Cameras.Keys.Select(_telemetry.Camera),
            () => _telemetry.Sinks.Any(s => s.IsFailing),
            () => others.Exists(o => !o.IsWorking) || _gates.Values.Any(g => !g.IsWorking),
            _time);
        return new OutputSwitch("status light", () => open(line), Show, TimeSpan.Zero, TimeSpan.Zero, _time, _log);

        OutputPattern Show(long now)
        {
            var status = light.Look(now);
            if (status != _status) StatusIs(_log, status);
            _status = status;
            return EdgeVision.Outputs.StatusLight.PatternOf(status);
        }
    }

    private void Refresh()
    {
        foreach (var output in _switches) output.Refresh();
    }

    private void GoSafe()
    {
        foreach (var output in _switches) output.Dispose();
    }

    [LoggerMessage(EventIds.NodeStatusChanged, LogLevel.Debug, "The status light shows {Status}.")]
    private static partial void StatusIs(ILogger log, NodeStatus status);

    private readonly record struct Watch(DetectionRule Rule, int Camera, OutputSwitch Output);

    /// <summary>One camera's sightings, for every rule that is about it.</summary>
    private sealed class Observer(Watch[] watches)
    {
        public void See(ReadOnlySpan<Detection> detections, long timestamp)
        {
            foreach (var watch in watches)
            {
                watch.Rule.See(watch.Camera, detections, timestamp);
                watch.Output.Refresh();
            }
        }
    }
}
