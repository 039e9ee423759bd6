namespace EdgeVision.Azure.Hub;

/// <summary>What the link to the hub is doing.</summary>
public enum HubLinkState
{
    /// <summary>On its way: name, TCP, TLS, CONNECT, SUBSCRIBE.</summary>
    Connecting,

    /// <summary>Connected and subscribed.</summary>
    Connected,

    /// <summary>It failed, and the next attempt has its time.</summary>
    Waiting,
}
