namespace EdgeVision.Delivery;

/// <summary>What an operator can act on, or need not.</summary>
public enum DeliveryOutcome
{
    /// <summary>The whole batch is acknowledged.</summary>
    Accepted,

    /// <summary>The next event waits for others to share a message with (<see cref="IEventSink.Linger"/>); nothing is wrong.</summary>
    Held,

    /// <summary>The other side is away or busy: the same event again after a while.</summary>
    RetryLater,

    /// <summary>The other side will never take this event: it goes to the dead letters, the next one is sent.</summary>
    Rejected,
}
