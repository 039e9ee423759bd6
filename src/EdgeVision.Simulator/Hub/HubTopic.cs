using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EdgeVision.Simulator.Hub;

/// <summary>The templates of topics a module may publish to. What matches none is logged, acknowledged and lost.</summary>
internal static class HubTopic
{
    private const string TwinGet = "$iothub/twin/GET/";
    private const string TwinReport = "$iothub/twin/PATCH/properties/reported/";
    private const string MethodResult = "$iothub/methods/res/";

    /// <param name="bag">What follows <c>messages/events</c>, without slashes at its ends.</param>
    public static bool IsTelemetry(string topic, ModuleIdentity sender, [NotNullWhen(true)] out string? bag)
    {
        var prefix = $"devices/{sender.Device}/modules/{sender.Module}/messages/events";
        bag = null;
        if (!topic.StartsWith(prefix, StringComparison.Ordinal)) return false;
        var rest = topic[prefix.Length..];
        if (rest.Length > 0 && rest[0] != '/') return false;
        rest = rest.Length > 0 ? rest[1..] : "";
        bag = rest.EndsWith('/') ? rest[..^1] : rest;
        return !bag.Contains('/', StringComparison.Ordinal);
    }

    public static bool IsTwinGet(string topic, [NotNullWhen(true)] out string? requestId)
    {
        requestId = topic.StartsWith(TwinGet, StringComparison.Ordinal) ? RequestId(topic[TwinGet.Length..]) : null;
        return requestId is not null;
    }

    public static bool IsTwinReport(string topic, [NotNullWhen(true)] out string? requestId)
    {
        requestId = topic.StartsWith(TwinReport, StringComparison.Ordinal) ? RequestId(topic[TwinReport.Length..]) : null;
        return requestId is not null;
    }

    public static bool IsMethodResult(string topic, out int status, [NotNullWhen(true)] out string? requestId)
    {
        status = 0;
        requestId = null;
        if (!topic.StartsWith(MethodResult, StringComparison.Ordinal)) return false;
        var slash = topic.IndexOf('/', MethodResult.Length);
        if (slash < 0 || !int.TryParse(topic.AsSpan(MethodResult.Length, slash - MethodResult.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out status)) return false;
        requestId = RequestId(topic[(slash + 1)..]);
        return requestId is not null;
    }

    public static string TwinResponse(int status, string requestId, long? version) =>
        version is null ? $"$iothub/twin/res/{status}/?$rid={requestId}" : $"$iothub/twin/res/{status}/?$rid={requestId}&$version={version}";

    public static string Desired(long version) => $"$iothub/twin/PATCH/properties/desired/?$version={version}";

    public static string Method(string name, string requestId) => $"$iothub/methods/POST/{name}/?$rid={requestId}";

    public static string Input(ModuleIdentity module, string input, IEnumerable<KeyValuePair<string, string?>> properties) =>
        $"devices/{module.Device}/modules/{module.Module}/inputs/{input}/{PropertyBag.Encode(properties)}";

    /// <summary>Of <c>?$rid=…&amp;…</c>; it goes back as it came.</summary>
    private static string? RequestId(string query) =>
        query.StartsWith('?') ? query[1..].Split('&').FirstOrDefault(p => p.StartsWith("$rid=", StringComparison.Ordinal))?[5..] : null;
}
