namespace EdgeVision.Azure.Identity;

/// <summary>A connection string as the Azure portal shows it: <c>HostName=…;DeviceId=…;ModuleId=…;SharedAccessKey=…;GatewayHostName=…</c>.</summary>
public static class HubConnectionString
{
    /// <summary>Longer ones are not read.</summary>
    private const int MaxLength = 4096;

    private static readonly string[] Known = ["HostName", "DeviceId", "ModuleId", "SharedAccessKey", "GatewayHostName", "x509"];

    /// <summary>Reads one. The error quotes no value of it, for one of them is a secret.</summary>
    /// <param name="text">The string.</param>
    /// <param name="source">Where it stands, to begin the error with.</param>
    /// <param name="login">Without a <see cref="HubLogin.Workload"/>.</param>
    /// <param name="error">One sentence.</param>
    public static bool TryParse(string text, string source, out HubLogin? login, out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        login = null;
        error = Split(text, out var parts);
        error ??= Read(parts, out login);
        if (error is not null) error = $"{source} {error}";
        return error is null;
    }

    private static string? Split(string text, out Dictionary<string, string> parts)
    {
        parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (text.Length > MaxLength) return $"has {text.Length} characters; a connection string has {MaxLength} at most: copy it again.";
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) return "is no connection string: a part of it has no '='; expected HostName=…;DeviceId=…;ModuleId=…;SharedAccessKey=….";
            var key = part[..at].Trim();
            if (!Known.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                return key.Equals("SharedAccessKeyName", StringComparison.OrdinalIgnoreCase)
                    ? "has a SharedAccessKeyName: it is the hub's own connection string, with rights over all devices; take the one of the module, or of the device."
                    : $"has a part '{Shown(key)}', which is not known; known are {string.Join(", ", Known)}.";
            }

            if (!parts.TryAdd(key, part[(at + 1)..].Trim())) return $"has {key} twice; keep one.";
        }

        return null;
    }

    private static string? Read(Dictionary<string, string> parts, out HubLogin? login)
    {
        login = null;
        if (!parts.TryGetValue("HostName", out var hub) || hub.Length == 0) return "has no HostName; add HostName=NAME.azure-devices.net.";
        if (!parts.TryGetValue("DeviceId", out var device) || device.Length == 0) return "has no DeviceId; take the connection string of a module or device.";
        var identity = new HubIdentity(hub, device, NullIfEmpty(parts.GetValueOrDefault("ModuleId")), NullIfEmpty(parts.GetValueOrDefault("GatewayHostName"))).WithoutPort();
        if (identity.Check() is { } wrong) return wrong;

        var hasCertificate = parts.TryGetValue("x509", out var x509) && x509.Equals("true", StringComparison.OrdinalIgnoreCase);
        if (!parts.TryGetValue("SharedAccessKey", out var secret)) return hasCertificate ? Done(null, out login) : "has neither SharedAccessKey nor x509=true; copy it again from the portal.";
        if (hasCertificate) return "has both SharedAccessKey and x509=true; keep one.";
        return SymmetricKey.TryParse(secret, out var key) ? Done(key, out login) : "has a SharedAccessKey that is no base64 of 16 to 64 bytes; copy it again from the portal, to its last '='.";

        string? Done(SymmetricKey? signer, out HubLogin? made)
        {
            made = new HubLogin(identity, signer, hasCertificate, Workload: null);
            return null;
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>A misplaced secret must not be quoted at length; the shortest key has 22 characters before its first '='.</summary>
    private static string Shown(string key) => key.Length <= 20 ? key : key[..8] + "…";
}
