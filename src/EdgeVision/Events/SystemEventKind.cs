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

    /// <summary>The outbox, at its limit, gave up events that not every sink had.</summary>
    EventsEvicted,

    /// <summary>The outbox's file was damaged; it was put aside and a new one begun.</summary>
    OutboxReplaced,

    /// <summary>A step of a rollout: see <see cref="SystemEvent.Update"/>.</summary>
    ModelUpdate,
}
