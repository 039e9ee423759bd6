using Microsoft.Extensions.Logging;

namespace EdgeVision.Mqtt;

/// <summary>What stays the same from one connection to the next.</summary>
internal sealed record MqttSession(MqttOptions Options, string ClientId, EventTopics Topics, TimeProvider Time, ILogger Log);
