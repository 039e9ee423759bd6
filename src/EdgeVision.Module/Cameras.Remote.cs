namespace EdgeVision.Module;

/// <summary>What commands reach of the cameras. A control is kept while its camera is configured, however often that is opened anew.</summary>
internal sealed partial class Cameras
{
    private readonly Dictionary<string, CameraControl> _controls = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Of the cameras that there are now.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate) return [.. _controls.Values.Select(c => c.Camera).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Null when there is no camera of this name.</summary>
    public CameraControl? Control(string name)
    {
        lock (_gate) return _controls.GetValueOrDefault(name);
    }

    /// <summary>Under the lock.</summary>
    private CameraControl ControlFor(string name) => _controls.TryGetValue(name, out var known) ? known : _controls[name] = new CameraControl(name);

    /// <summary>Of cameras that are not configured any more. Under the lock.</summary>
    private void ForgetControls(EdgeVisionOptions options)
    {
        foreach (var gone in _controls.Keys.Where(name => !options.Cameras.ContainsKey(name)).ToList()) _controls.Remove(gone);
    }
}
