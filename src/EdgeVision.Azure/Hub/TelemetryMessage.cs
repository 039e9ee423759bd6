using System.Text;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Events.Presets;

namespace EdgeVision.Azure.Hub;

/// <summary>One message to the hub: a JSON array of events (CloudEvents batch) of one type, camera and severity, so that routes need not read it.</summary>
/// <param name="Topic">With all properties.</param>
/// <param name="Body">UTF-8 JSON.</param>
/// <param name="Events">How many it holds.</param>
/// <param name="Bytes">As IoT Hub counts: body, values of system properties, names and values of the others.</param>
public sealed record TelemetryMessage(string Topic, ReadOnlyMemory<byte> Body, int Events, int Bytes)
{
    /// <summary>IoT Hub and edgeHub take no more; an edgeHub closes the connection.</summary>
    public const int MaxBytes = 262_144;

    /// <summary>IoT Hub meters messages in blocks of this size.</summary>
    public const int MeteringBlock = 4096;

    /// <summary>CloudEvents' schema that the application property `schema` names; the family is in `type`.</summary>
    private const string Schema = "urn:edgevision:schema:event:v1", PresetSchema = "urn:edgevision:preset:";

    private const string ContentType = "application/json", ContentEncoding = "utf-8", Output = "events";

    /// <summary>All of <paramref name="entries"/> in one message, however large (<see cref="Bytes"/> says whether the hub takes it).</summary>
    /// <param name="entries">In order, not empty; of one camera, type and severity.</param>
    /// <param name="topics">Of the sender.</param>
    public static TelemetryMessage Of(ReadOnlySpan<OutboxEntry> entries, HubTopics topics)
    {
        ArgumentNullException.ThrowIfNull(topics);
        var properties = PropertiesOf(entries[0]);
        var body = ArrayOf(entries);
        return new TelemetryMessage(topics.Telemetry(properties), body, entries.Length, Count(properties) + body.Length);
    }

    /// <summary>As IoT Hub counts a message with this event alone; each further one adds itself and a comma.</summary>
    internal static int BytesOf(OutboxEntry entry) => Count(PropertiesOf(entry)) + entry.Body.Length + 2;     // [ and ]

    /// <summary>The hub takes a message with this event alone.</summary>
    internal static bool IsTaken(OutboxEntry entry) => entry.Body.Length <= MaxBytes / 2 || BytesOf(entry) <= MaxBytes;

    private static (string Name, string Value)[] PropertiesOf(OutboxEntry first) =>
    [
        ("$.mid", first.Id.ToString("D")), ("$.ct", ContentType), ("$.ce", ContentEncoding), ("$.on", Output),
        ("type", first.Type), ("severity", NameOf(first.Severity)), ("schema", SchemaOf(first.Preset)), .. CameraOf(first),
    ];

    private static string SchemaOf(EventPreset preset) => preset is EventPreset.EdgeVision ? Schema : PresetSchema + PresetWords.Of(preset);

    /// <summary>Events of the node itself have none.</summary>
    private static (string Name, string Value)[] CameraOf(OutboxEntry entry) => entry.Camera is { } camera ? [("camera", camera)] : [];

    /// <summary>IoT Hub's rule for the size of a message.</summary>
    private static int Count(ReadOnlySpan<(string Name, string Value)> properties)
    {
        var bytes = 0;
        foreach (var (name, value) in properties)
            bytes += Encoding.UTF8.GetByteCount(value) + (name.StartsWith("$.", StringComparison.Ordinal) ? 0 : Encoding.UTF8.GetByteCount(name));
        return bytes;
    }

    private static byte[] ArrayOf(ReadOnlySpan<OutboxEntry> entries)
    {
        var length = 1;
        foreach (var entry in entries) length += 1 + entry.Body.Length;
        var body = new byte[length];
        var at = 0;
        foreach (var entry in entries)
        {
            body[at] = at == 0 ? (byte)'[' : (byte)',';
            entry.Body.Span.CopyTo(body.AsSpan(at + 1));
            at += 1 + entry.Body.Length;
        }

        body[at] = (byte)']';
        return body;
    }

    private static string NameOf(Severity severity) => severity switch
    {
        Severity.Info => "info",
        Severity.Warning => "warning",
        Severity.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, null),
    };
}
