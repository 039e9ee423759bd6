using EdgeVision.Azure.Hub;

namespace EdgeVision.Module.Display;

/// <summary>The node's hub, for whoever shows it.</summary>
/// <param name="Host">Connected to: IoT Hub, or the gateway on the way to it.</param>
/// <param name="Link">Of this moment.</param>
internal sealed record HubFacts(string Host, Func<HubLinkStatus> Link);
