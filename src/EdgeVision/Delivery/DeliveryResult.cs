namespace EdgeVision.Delivery;

/// <summary>
/// What became of a batch: its first <paramref name="Accepted"/> events are acknowledged; <paramref name="Outcome"/> speaks of the one after them.
/// </summary>
/// <param name="Accepted">Events acknowledged, counted from the front of the batch.</param>
/// <param name="Outcome">What to do with the next event.</param>
/// <param name="Reason">Why, for people; null when nothing is wrong.</param>
public readonly record struct DeliveryResult(int Accepted, DeliveryOutcome Outcome, string? Reason)
{
    public static DeliveryResult All(int count) => new(count, DeliveryOutcome.Accepted, null);

    /// <summary>Events behind the next one may be acknowledged already; they come again in the next batch and are the sink's to leave out.</summary>
    public static DeliveryResult Held(int accepted) => new(accepted, DeliveryOutcome.Held, null);

    public static DeliveryResult RetryLater(int accepted, string reason) => new(accepted, DeliveryOutcome.RetryLater, reason);

    public static DeliveryResult Rejected(int accepted, string reason) => new(accepted, DeliveryOutcome.Rejected, reason);
}
