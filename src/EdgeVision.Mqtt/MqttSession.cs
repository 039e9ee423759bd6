using Microsoft.Extensions.Logging;

namespace EdgeVision.Mqtt;

/// <summary>What stays the same from one connection to the next.</summary>
/// <param name="Options">Where to, and how.</param>
/// <param name="ClientId">Different for every client of the broker.</param>
/// <param name="Topics">Names.</param>
/// <param name="Time">Measures timeouts.</param>
/// <param name="Log">Hears of connections found and lost.</param>
/// <param name="HasStatus">False for who only knocks: no last will, no <c>online</c>, no <c>offline</c>; nothing is left at the broker.</param>
internal sealed record MqttSession(MqttOptions Options, string ClientId, EventTopics Topics, TimeProvider Time, ILogger Log, bool HasStatus = true);
