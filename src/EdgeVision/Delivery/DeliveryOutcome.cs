namespace EdgeVision.Delivery;

/// <summary>Three words an operator can act on.</summary>
public enum DeliveryOutcome
{
    /// <summary>The whole batch is acknowledged.</summary>
    Accepted,

    /// <summary>The other side is away or busy: the same event again after a while.</summary>
    RetryLater,

    /// <summary>The other side will never take this event: it goes to the dead letters, the next one is sent.</summary>
    Rejected,
}
