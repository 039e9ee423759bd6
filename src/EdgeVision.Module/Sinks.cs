using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Module.Webhooks;
using EdgeVision.Mqtt;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>
/// The sinks that a configuration wants, beside the hub: the broker, what else it gets, and webhooks. Each has a cursor and a loop of its own; when the
/// configuration changes while the node runs, only those that differ are touched.
/// </summary>
internal sealed class Sinks(Outbox outbox, Deliveries deliveries, Telemetry telemetry, NodeIdentity node, TimeProvider time, ILoggerFactory logs)
{
    private readonly Dictionary<string, Wish> _running = new(StringComparer.Ordinal);

    /// <summary>Cursors of these options, for opening the outbox.</summary>
    public static IReadOnlyList<string> Names(EdgeVisionOptions options, bool hasHub) =>
    [
        Deliveries.Mqtt,
        .. hasHub ? (string[])[Deliveries.IotHub] : [],
        .. options.Mqtt.Also.Keys.Select(MqttName),
        .. options.Webhooks.Keys.Select(WebhookName),
    ];

    /// <summary>Starts, exchanges and ends what these options ask for. What an exchanged sink had not acknowledged goes to the new one.</summary>
    /// <param name="options">In force.</param>
    /// <param name="mqtt">Theirs, with a host.</param>
    public async Task ApplyAsync(EdgeVisionOptions options, MqttOptions mqtt)
    {
        var wanted = Wanted(options, mqtt);
        foreach (var gone in _running.Keys.Where(name => !wanted.ContainsKey(name)).ToList()) await EndAsync(gone);
        foreach (var (name, wish) in wanted)
        {
            if (!_running.TryGetValue(name, out var now)) Start(name, wish);
            else if (now != wish) await deliveries.ReplaceAsync(name, Make(name, wish), DeliveryOf(wish));
            _running[name] = wish;
        }
    }

    /// <summary>The outbox was opened with the first ones, and adding those is nothing.</summary>
    private void Start(string name, Wish wish)
    {
        outbox.AddSink(name);
        deliveries.Start(name, Make(name, wish), DeliveryOf(wish));
    }

    private async Task EndAsync(string name)
    {
        _running.Remove(name);
        await deliveries.EndAsync(name);
        telemetry.ForgetSink(name);
        outbox.RemoveSink(name);
    }

    private IEventSink Make(string name, Wish wish) => wish switch
    {
        { Mqtt: { } mqtt } => PresetSink.Of(mqtt.Preset, new MqttSink(mqtt, node, time, logs.CreateLogger(name))),
        { Webhook: { } webhook } => PresetSink.Of(webhook.Preset, new WebhookSink(webhook, time)),
        _ => throw new ArgumentOutOfRangeException(nameof(wish), wish, "A new kind of sink needs a way to make it."),
    };

    private static DeliveryOptions DeliveryOf(Wish wish) => wish.Mqtt?.Delivery ?? wish.Webhook?.Delivery ?? DeliveryOptions.Default;

    private Dictionary<string, Wish> Wanted(EdgeVisionOptions options, MqttOptions mqtt)
    {
        var wanted = new Dictionary<string, Wish>(StringComparer.Ordinal) { [Deliveries.Mqtt] = new Wish(mqtt.Alone(), null) };
        foreach (var name in mqtt.Also.Keys) wanted[MqttName(name)] = new Wish(mqtt.For(name, MqttSink.ClientIdOf(mqtt, node)), null);
        foreach (var (name, webhook) in options.Webhooks) wanted[WebhookName(name)] = new Wish(null, webhook);
        return wanted;
    }

    private static string MqttName(string name) => $"{Deliveries.Mqtt}-{name}";

    private static string WebhookName(string name) => $"webhook-{name}";

    /// <summary>One of them is set. Equal wishes are the same sink.</summary>
    private sealed record Wish(MqttOptions? Mqtt, WebhookOptions? Webhook);
}
