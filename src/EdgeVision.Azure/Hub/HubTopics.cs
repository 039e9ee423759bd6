using System.Globalization;
using EdgeVision.Azure.Identity;

namespace EdgeVision.Azure.Hub;

/// <summary>The topics of one identity. IoT Hub's are fixed; what fits none of them is acknowledged by an edgeHub and lost.</summary>
/// <remarks>"Communicate with your IoT hub using the MQTT protocol", Microsoft Learn; edge-hub's InboundTemplates.</remarks>
public sealed class HubTopics(HubIdentity identity)
{
    public const string TwinResponses = "$iothub/twin/res/#";
    public const string DesiredPatches = "$iothub/twin/PATCH/properties/desired/#";
    public const string Methods = "$iothub/methods/POST/#";

    private const string TwinResponsePrefix = "$iothub/twin/res/", DesiredPrefix = "$iothub/twin/PATCH/properties/desired/", MethodPrefix = "$iothub/methods/POST/";

    private readonly string _inputPrefix = $"{identity.TopicRoot}/inputs/";

    /// <summary>Filter of a module's inputs. edgeHub recognises this shape only, ending in <c>/#</c>; null for a device, which has none.</summary>
    public string? Inputs { get; } = identity.ModuleId is null ? null : $"{identity.TopicRoot}/inputs/#";

    public static string TwinGet(long request) => string.Create(CultureInfo.InvariantCulture, $"$iothub/twin/GET/?$rid={request}");

    public static string TwinReport(long request) => string.Create(CultureInfo.InvariantCulture, $"$iothub/twin/PATCH/properties/reported/?$rid={request}");

    public static string MethodAnswer(int status, string request) => string.Create(CultureInfo.InvariantCulture, $"$iothub/methods/res/{status}/?$rid={Uri.EscapeDataString(request)}");

    /// <summary>Telemetry with its properties.</summary>
    public string Telemetry(params ReadOnlySpan<(string Name, string Value)> properties) => $"{identity.TopicRoot}/messages/events/{PropertyBag.Write(properties)}";

    /// <summary>What came in; null for a topic that is none of ours.</summary>
    public HubArrival? Read(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (Tail(topic, TwinResponsePrefix) is { } response)
        {
            var (status, properties) = Split(response);
            return int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && properties.TryGetValue("$rid", out var rid) && Number(rid) is { } request
                ? new HubArrival.TwinAnswer(code, request, Version(properties))
                : null;
        }

        if (Tail(topic, DesiredPrefix) is { } desired) return new HubArrival.DesiredPatch(Version(PropertyBag.Read(desired)));
        if (Tail(topic, MethodPrefix) is { } method)
        {
            var (name, properties) = Split(method);
            return name.Length > 0 && properties.TryGetValue("$rid", out var rid) && rid.Length > 0 ? new HubArrival.Method(Uri.UnescapeDataString(name), rid) : null;
        }

        if (Inputs is not null && Tail(topic, _inputPrefix) is { } input)
        {
            var (name, properties) = Split(input);
            return name.Length > 0 ? new HubArrival.Input(Uri.UnescapeDataString(name), properties) : null;
        }

        return null;
    }

    private static string? Tail(string topic, string prefix) => topic.StartsWith(prefix, StringComparison.Ordinal) ? topic[prefix.Length..] : null;

    /// <summary>The first segment, and the bag behind it.</summary>
    private static (string Head, Dictionary<string, string> Properties) Split(string tail)
    {
        var at = tail.IndexOf('/', StringComparison.Ordinal);
        return at < 0 ? (tail, []) : (tail[..at], PropertyBag.Read(tail[(at + 1)..]));
    }

    private static long? Version(Dictionary<string, string> properties) => properties.TryGetValue("$version", out var text) ? Number(text) : null;

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
