using System.Diagnostics.CodeAnalysis;

namespace EdgeVision.Simulator.Hub;

/// <summary>
/// The user name of a connection: <c>{host}/{device}/{module}/?api-version=…&amp;model-id=…</c>, with or without the question mark. The host is not looked
/// at, as edgeHub does not: some SDKs name the hub there, some the gateway.
/// </summary>
internal sealed record HubUserName(ModuleIdentity Identity, string ApiVersion, string? ModelId, string? ProductInfo)
{
    public static bool TryParse(string? text, [NotNullWhen(true)] out HubUserName? userName, [NotNullWhen(false)] out string? error)
    {
        userName = null;
        error = null;
        var parts = (text ?? "").Split('/', 4);
        if (parts.Length < 4 || parts[..3].Any(string.IsNullOrEmpty))
        {
            error = $"user name '{text}' is not host/device/module/?api-version=…";
            return false;
        }

        var query = Query(parts[3]);
        if (!query.TryGetValue("api-version", out var version) || version.Length == 0)
        {
            error = $"user name '{text}' has no api-version";
            return false;
        }

        userName = new HubUserName(new ModuleIdentity(parts[1], parts[2]), version, query.GetValueOrDefault("model-id"), query.GetValueOrDefault("DeviceClientType"));
        return true;
    }

    /// <summary>The first of two equal keys counts; unknown ones are of no interest.</summary>
    private static Dictionary<string, string> Query(string text)
    {
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.TrimStart('?').Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) query.TryAdd(Uri.UnescapeDataString(pair[..equals]), Uri.UnescapeDataString(pair[(equals + 1)..]));
        }

        return query;
    }
}
