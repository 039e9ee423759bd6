using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeVision.Simulator.Hub;

/// <summary>
/// The subscriptions of one session, lost with it. edgeHub knows five kinds; any other filter is granted and means nothing.
/// </summary>
internal sealed class Subscriptions
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, MqttQualityOfServiceLevel> _filters = new(StringComparer.Ordinal);

    /// <summary>edgeHub sees an input subscription only in a filter that ends in <c>/#</c>: one for a single input, without it, is ignored.</summary>
    public static bool IsKnown(string filter, ModuleIdentity module) => filter switch
    {
        "$iothub/twin/res/#" or "$iothub/twin/PATCH/properties/desired/#" or "$iothub/methods/POST/#" => true,
        _ => filter.StartsWith($"devices/{module.Device}/modules/{module.Module}/", StringComparison.Ordinal) && filter.EndsWith("/#", StringComparison.Ordinal),
    };

    public void Add(string filter, MqttQualityOfServiceLevel granted)
    {
        lock (_gate) _filters[filter] = granted;
    }

    public void Remove(string filter)
    {
        lock (_gate) _filters.Remove(filter);
    }

    /// <summary>Null when nothing of the session asks for the topic.</summary>
    public MqttQualityOfServiceLevel? QualityOf(string topic)
    {
        lock (_gate)
        {
            MqttQualityOfServiceLevel? best = null;
            foreach (var (filter, granted) in _filters)
                if (MqttTopicFilterComparer.Compare(topic, filter) == MqttTopicFilterCompareResult.IsMatch && (best is null || granted > best)) best = granted;
            return best;
        }
    }
}
