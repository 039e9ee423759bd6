namespace EdgeVision.Azure.Identity;

/// <summary>
/// What the IoT Edge runtime tells a module by its environment; or for development a connection string in <c>EdgeHubConnectionString</c>
/// or <c>IotHubConnectionString</c>, as the official SDKs take it.
/// </summary>
public static class EdgeEnvironment
{
    /// <summary>In this order; the first that is set counts.</summary>
    private static readonly string[] ConnectionStrings = ["EdgeHubConnectionString", "IotHubConnectionString"];

    /// <summary>The gateway's authority beside a connection string, as the official SDKs take it.</summary>
    private const string CaVariable = "EdgeModuleCACertificateFile";

    /// <summary>The login that the environment gives; null without an error where there is none of it: this is no IoT Edge device.</summary>
    /// <param name="variables">Of this process.</param>
    /// <param name="time">For the workload API.</param>
    /// <param name="error">One sentence that names the variable.</param>
    public static HubLogin? Read(IReadOnlyDictionary<string, string> variables, TimeProvider time, out string? error)
    {
        ArgumentNullException.ThrowIfNull(variables);
        error = null;
        foreach (var name in ConnectionStrings)
        {
            if (!variables.TryGetValue(name, out var text) || text.Length == 0) continue;
            HubConnectionString.TryParse(text, name, out var login, out error);
            return login is null ? null : login with { CaFile = variables.GetValueOrDefault(CaVariable) is { Length: > 0 } file ? file : null };
        }

        return variables.TryGetValue("IOTEDGE_WORKLOADURI", out var uri) && uri.Length > 0 ? OfRuntime(variables, uri, time, out error) : null;
    }

    private static HubLogin? OfRuntime(IReadOnlyDictionary<string, string> variables, string uri, TimeProvider time, out string? error)
    {
        string[] required = ["IOTEDGE_IOTHUBHOSTNAME", "IOTEDGE_DEVICEID", "IOTEDGE_MODULEID", "IOTEDGE_MODULEGENERATIONID"];
        var missing = required.Where(name => !variables.TryGetValue(name, out var value) || value.Length == 0).ToList();
        error = missing.Count > 0 ? $"IOTEDGE_WORKLOADURI is set, but {string.Join(", ", missing)} {(missing.Count == 1 ? "is" : "are")} not; the IoT Edge runtime sets all of them: is one set by hand in the deployment?" : null;
        if (error is not null) return null;

        if (variables.TryGetValue("IOTEDGE_AUTHSCHEME", out var scheme) && scheme.Length > 0 && !scheme.Equals("sasToken", StringComparison.OrdinalIgnoreCase))
        {
            error = $"IOTEDGE_AUTHSCHEME is '{scheme}'; only sasToken is known: update EdgeVision, or the IoT Edge runtime.";
            return null;
        }

        if (!Uri.TryCreate(uri, UriKind.Absolute, out var address) || address.Scheme is not ("unix" or "http"))
        {
            error = $"IOTEDGE_WORKLOADURI is '{uri}'; expected unix:///path or http://host:port.";
            return null;
        }

        var identity = new HubIdentity(variables[required[0]], variables[required[1]], variables[required[2]], variables.GetValueOrDefault("IOTEDGE_GATEWAYHOSTNAME") is { Length: > 0 } gateway ? gateway : null).WithoutPort();
        if (identity.Check() is { } wrong)
        {
            error = $"The environment of the IoT Edge runtime {wrong}";
            return null;
        }

        var workload = new WorkloadApi(address, identity.ModuleId!, variables[required[3]], time);
        return new HubLogin(identity, workload, HasCertificate: false, workload);
    }
}
