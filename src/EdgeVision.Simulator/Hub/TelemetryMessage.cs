namespace EdgeVision.Simulator.Hub;

/// <summary>A message that the hub has stored.</summary>
/// <param name="Client">device/module.</param>
/// <param name="Properties">System properties with their <c>$</c>, and application properties, all decoded.</param>
public sealed record TelemetryMessage(string Client, string Body, IReadOnlyDictionary<string, string?> Properties, DateTimeOffset At);
