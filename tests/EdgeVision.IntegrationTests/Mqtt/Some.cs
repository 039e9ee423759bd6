using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Mqtt;
using Microsoft.Extensions.Logging;

namespace EdgeVision.IntegrationTests.Mqtt;

/// <summary>Things that a test needs some of.</summary>
internal static class Some
{
    public static NodeIdentity Node { get; } = new("gate-7", "edgevision", "1", static () => true);

    /// <summary>An event whose body holds its sequence and <paramref name="padding"/> more bytes.</summary>
    public static OutboxEntry Entry(long sequence, string? camera = "door", EventFamily family = EventFamily.Frame, int padding = 0)
    {
        var json = $$"""{"specversion":"1.0","sequence":"{{sequence:D20}}","data":"{{new string('x', padding)}}"}""";
        return new OutboxEntry(sequence, sequence, Guid.CreateVersion7(), family, VisionEventJson.TypeOf(family), camera, Severity.Info,
            DateTimeOffset.UnixEpoch, System.Text.Encoding.UTF8.GetBytes(json));
    }

    public static List<OutboxEntry> Entries(int count, int from = 1, int padding = 0) =>
        [.. Enumerable.Range(from, count).Select(i => Entry(i, padding: padding))];

    public static long SequenceOf(Received message) =>
        long.Parse(System.Text.Json.JsonDocument.Parse(message.Payload).RootElement.GetProperty("sequence").GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    public static MqttOptions Options(int port) => OptionsReader.Defaults(MqttOptions.Read) with { Host = "127.0.0.1", Port = port };

    public static MqttSink Sink(MqttOptions options, ILogger? log = null) =>
        new(options, Node, TimeProvider.System, log ?? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
}
