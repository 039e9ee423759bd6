using EdgeVision.Events;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Mqtt;

/// <summary>Knocks at a broker: connects as the node would and goes away, without a word that stays.</summary>
public static class BrokerProbe
{
    /// <summary>Null when the broker accepts us, otherwise one sentence.</summary>
    /// <param name="options">With a host and a client id of the probe's own: the node's would throw a running node off the broker.</param>
    /// <param name="node">Gives the topics their names, for the sentence.</param>
    /// <param name="time">Measures timeouts.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public static async Task<string?> TryAsync(MqttOptions options, NodeIdentity node, TimeProvider time, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(node);
        if (options is not { Host: not null, ClientId: { } clientId }) throw new ArgumentException("The probe needs a host and a client id of its own.", nameof(options));
        var session = new MqttSession(options, clientId, new EventTopics(options.TopicPrefix, node.DeviceId), time, NullLogger.Instance, HasStatus: false);
        var (connection, reason) = await MqttConnection.OpenAsync(session, stopping).ConfigureAwait(false);
        if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
        return reason;
    }
}
