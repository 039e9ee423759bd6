namespace EdgeVision.Events;

/// <summary>What a <see cref="SystemEvent"/> reports.</summary>
public enum SystemEventKind
{
    Started,
    Stopped,

    /// <summary>A configuration from the hub is in force.</summary>
    ConfigurationAccepted,

    /// <summary>A configuration from the hub was refused as a whole; the one before stays.</summary>
    ConfigurationRejected,
}
