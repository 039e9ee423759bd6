using EdgeVision.Outputs;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>
/// The lines between the node and the machine around it, wired as the configuration says, and anew when it changes. Whatever ends the node,
/// short of a kill that nobody hears, leaves outputs in their safe state.
/// </summary>
internal sealed class Switchboard : IDisposable
{
    private readonly Func<EdgeVisionOptions, IReadOnlyList<string>, Wiring> _wire;
    private readonly Lock _gate = new();
    private volatile Wiring _wiring;
    private bool _isDisposed;

    /// <summary>Opens all lines; those that fail are told and tried again.</summary>
    /// <param name="options">Of the node.</param>
    /// <param name="labels">Of the model.</param>
    /// <param name="openOutput">Opens a line that is switched.</param>
    /// <param name="openInput">Opens a line that is read.</param>
    /// <param name="telemetry">What cameras and sinks do.</param>
    /// <param name="time">Times everything.</param>
    /// <param name="logs">For each room.</param>
    public Switchboard(
        EdgeVisionOptions options, IReadOnlyList<string> labels, Func<GpioOutputOptions, IOutputLine> openOutput, Func<GpioLineOptions, IInputLine> openInput,
        Telemetry telemetry, TimeProvider time, ILoggerFactory logs)
    {
        _wire = (wanted, of) => new Wiring(wanted, of, openOutput, openInput, telemetry, time, logs);
        _wiring = _wire(options, labels);
    }

    /// <summary>Null for a camera whose frames are always looked at. Asked for each frame.</summary>
    public Gate? GateOf(string camera) => _wiring.GateOf(camera);

    /// <summary>Null when no output is about what this camera sees, or when that is said in the <paramref name="labels"/> of another model than the rules are wired for: between the two nothing switches. Asked for each frame.</summary>
    public DetectionObserver? ObserverOf(string camera, IReadOnlyList<string> labels)
    {
        var wiring = _wiring;
        return ReferenceEquals(labels, wiring.Labels) || labels.SequenceEqual(wiring.Labels) ? wiring.ObserverOf(camera) : null;
    }

    /// <summary>Null when there is none of this name.</summary>
    public OutputSwitch? Output(string name) => _wiring.Output(name);

    public IReadOnlyList<string> OutputNames => _wiring.OutputNames;

    /// <summary>
    /// All lines anew. A line has one owner, so the old ones are closed first: outputs are in their safe state meanwhile, and a gate stays as it was last seen.
    /// </summary>
    public void Rewire(EdgeVisionOptions options, IReadOnlyList<string> labels)
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _wiring.Dispose();
            _wiring = _wire(options, labels);
        }
    }

    /// <summary>Outputs go to their safe state; nothing switches them afterwards.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _wiring.Dispose();
        }
    }
}
