namespace EdgeVision.Module;

/// <summary>What commands reach of the cameras. It is kept while a camera is configured, however often that is opened anew.</summary>
internal sealed partial class Cameras
{
    private readonly Dictionary<string, CameraRequests> _requests = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Of the cameras that there are now.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate) return [.. _requests.Values.Select(c => c.Camera).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Null when there is no camera of this name.</summary>
    public CameraRequests? Requests(string name)
    {
        lock (_gate) return _requests.GetValueOrDefault(name);
    }

    /// <summary>Under the lock.</summary>
    private CameraRequests RequestsOf(string name) => _requests.TryGetValue(name, out var known) ? known : _requests[name] = new CameraRequests(name);

    /// <summary>Of cameras that are not configured any more. Under the lock.</summary>
    private void ForgetRequests(EdgeVisionOptions options)
    {
        foreach (var gone in _requests.Keys.Where(name => !options.Cameras.ContainsKey(name)).ToList()) _requests.Remove(gone);
    }
}
