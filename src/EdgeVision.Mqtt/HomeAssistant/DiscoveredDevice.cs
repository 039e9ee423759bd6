namespace EdgeVision.Mqtt.HomeAssistant;

/// <summary>This node as a device of Home Assistant.</summary>
/// <param name="Id">Also a level of its discovery topics.</param>
/// <param name="Name">For people.</param>
/// <param name="Version">Of this product.</param>
internal sealed record DiscoveredDevice(string Id, string Name, string Version);
