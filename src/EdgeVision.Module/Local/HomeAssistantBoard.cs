using EdgeVision.Events;
using EdgeVision.Models;
using EdgeVision.Mqtt;
using EdgeVision.Mqtt.HomeAssistant;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Local;

/// <summary>
/// What Home Assistant is told of this node, and each camera's newest snapshot for it, where that is asked for. Made anew when configuration or model change.
/// One caller at a time, but for <see cref="Keep"/>.
/// </summary>
/// <param name="options">In force.</param>
/// <param name="model">The one that looks.</param>
/// <param name="node">Which device.</param>
/// <param name="log">Hears of labels that no model knows.</param>
internal sealed partial class HomeAssistantBoard(Func<EdgeVisionOptions> options, Func<ModelIdentity> model, NodeIdentity node, ILogger log)
{
    /// <summary>A larger picture is not retained: the embedded broker takes 1 MB at once, and others less.</summary>
    private const int MaxPicture = 512 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _pictures = new(StringComparer.Ordinal);
    private (EdgeVisionOptions Options, ModelIdentity Model, EventTopics Topics)? _made;
    private IReadOnlyDictionary<string, ReadOnlyMemory<byte>> _messages = new Dictionary<string, ReadOnlyMemory<byte>>();
    private string _filter = "";

    /// <summary>A snapshot that somebody asked for; any thread.</summary>
    public void Keep(string camera, ReadOnlyMemory<byte> jpeg)
    {
        if (jpeg.Length > MaxPicture) return;
        lock (_gate) _pictures[camera] = jpeg;
    }

    /// <summary>Adds its messages to those of the states.</summary>
    /// <returns>Topics that are this node's alone.</returns>
    public IReadOnlyList<string> AddTo(Dictionary<string, ReadOnlyMemory<byte>> messages, EventTopics topics)
    {
        Make(topics);
        foreach (var (topic, payload) in _messages) messages.Add(topic, payload);
        var (snapshots, cameras) = (options() is { HomeAssistant: { Enabled: true, Snapshot: true }, Privacy.MetadataOnly: false }, options().Cameras);
        lock (_gate)
        {
            foreach (var gone in _pictures.Keys.Where(name => !snapshots || !cameras.ContainsKey(name)).ToList()) _pictures.Remove(gone);
            foreach (var (camera, jpeg) in _pictures) messages.Add(topics.SnapshotOf(camera), jpeg);
        }

        return [_filter];
    }

    private void Make(EventTopics topics)
    {
        var (now, looking) = (options(), model());
        if (_made == (now, looking, topics)) return;
        _made = (now, looking, topics);
        var discovery = new HomeAssistantDiscovery(now.HomeAssistant, topics, node, Product.Version, now.Mqtt.Commands);
        (_filter, _messages) = (discovery.Filter, discovery.Messages([.. now.Cameras.Select(c => new HomeAssistantCamera(c.Key, c.Value.Filter.Classes))], looking));
        if (!now.HomeAssistant.Enabled) return;
        foreach (var unknown in discovery.UnknownLabels(looking)) LabelUnknown(log, unknown);
    }

    [LoggerMessage(EventIds.HomeAssistantLabelUnknown, LogLevel.Warning, "HomeAssistant: {Label}")]
    private static partial void LabelUnknown(ILogger log, string label);
}
