using Microsoft.Extensions.Logging;

namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>
/// What the controls of a camera shall be, from configuration and live. Outlives the open camera: one that comes back gets the same values
/// again. May be used from any thread, while frames flow, too.
/// </summary>
public sealed partial class WantedControls
{
    private readonly Lock _gate = new();
    private OrderedDictionary<string, string> _wishes;
    private readonly string _camera;
    private readonly ILogger _log;
    private CameraControls? _open;

    /// <param name="camera">Its name, for the log.</param>
    /// <param name="configured">Values by name.</param>
    /// <param name="log">Told what the camera would not take.</param>
    public WantedControls(string camera, IEnumerable<KeyValuePair<string, string>> configured, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(configured);
        (_camera, _log) = (camera, log);
        _wishes = new OrderedDictionary<string, string>(configured, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Sets a control now, and again whenever the camera comes back. A wish that cannot be met is not kept.</summary>
    public ControlOutcome Set(string name, string value)
    {
        lock (_gate)
        {
            if (_open is null)
            {
                Keep(name, value);
                return new ControlOutcome(name, ControlStatus.Waiting, $"Camera {_camera} is not open; {name} is set to {value} when it is.");
            }

            var outcome = _open.Apply([KeyValuePair.Create(name, value)], ControlMoment.Any)[0];
            if (outcome.Status is ControlStatus.Set or ControlStatus.Adjusted or ControlStatus.Inactive) Keep(name, value);
            return outcome;
        }
    }

    /// <summary>
    /// All wishes anew. What differs from before is set now, and told; a control that is no longer wished for keeps its value until the camera comes back.
    /// </summary>
    public void Replace(IEnumerable<KeyValuePair<string, string>> wishes)
    {
        ArgumentNullException.ThrowIfNull(wishes);
        lock (_gate)
        {
            var next = new OrderedDictionary<string, string>(wishes, StringComparer.OrdinalIgnoreCase);
            var changed = next.Where(w => !_wishes.TryGetValue(w.Key, out var before) || before != w.Value).ToList();
            _wishes = next;
            if (_open is not null && changed.Count > 0) Tell(_open.Apply(changed, ControlMoment.Any));
        }
    }

    /// <summary>The controls of the open camera with their values now; empty while none is open.</summary>
    public IReadOnlyList<KeyValuePair<CameraControl, string?>> Read()
    {
        lock (_gate) return _open is null ? [] : [.. _open.All.Select(c => KeyValuePair.Create(c, _open.Read(c)))];
    }

    /// <summary>The camera has just been opened and has no format yet.</summary>
    internal void BeforeFormat(CameraControls camera)
    {
        lock (_gate)
        {
            if (_wishes.Count > 0) Tell(camera.Apply(_wishes, ControlMoment.BeforeFormat));
        }
    }

    /// <summary>The camera has its format and rate; from now on wishes go to it at once.</summary>
    internal void AfterFormat(CameraControls camera)
    {
        lock (_gate)
        {
            _open = camera;
            if (_wishes.Count > 0) Tell(camera.Apply(_wishes, ControlMoment.AfterFormat));
        }
    }

    /// <summary>The camera is about to be closed. Waits for a control that is being set.</summary>
    internal void Closing()
    {
        lock (_gate) _open = null;
    }

    /// <summary>As the last: it wins over an earlier wish for the same control under another name.</summary>
    private void Keep(string name, string value)
    {
        _wishes.Remove(name);
        _wishes.Add(name, value);
    }

    private void Tell(IReadOnlyList<ControlOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            if (outcome.Status is ControlStatus.Set) ControlSet(_log, _camera, outcome.Sentence);
            else ControlNotSet(_log, _camera, outcome.Sentence);
        }
    }

    [LoggerMessage(EventIds.ControlSet, LogLevel.Debug, "Camera {Camera}: {Sentence}")]
    private static partial void ControlSet(ILogger log, string camera, string sentence);

    [LoggerMessage(EventIds.ControlNotSet, LogLevel.Warning, "Camera {Camera}: {Sentence}")]
    private static partial void ControlNotSet(ILogger log, string camera, string sentence);
}
