namespace EdgeVision.Mqtt.HomeAssistant;

/// <summary>What Home Assistant has to know of a configured camera.</summary>
/// <param name="Name">As in topics.</param>
/// <param name="Classes">Labels that count on it; empty for all.</param>
public sealed record HomeAssistantCamera(string Name, IReadOnlyList<string> Classes);
