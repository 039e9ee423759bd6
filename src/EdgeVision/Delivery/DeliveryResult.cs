namespace EdgeVision.Delivery;

/// <summary>
/// What became of a batch: its first <paramref name="Accepted"/> events are acknowledged; <paramref name="Outcome"/> speaks of the one after them.
/// </summary>
/// <param name="Accepted">Events acknowledged, counted from the front of the batch.</param>
/// <param name="Outcome">What to do with the next event.</param>
/// <param name="Reason">Why, for people; null when all were accepted.</param>
public readonly record struct DeliveryResult(int Accepted, DeliveryOutcome Outcome, string? Reason)
{
    public static DeliveryResult All(int count) => new(count, DeliveryOutcome.Accepted, null);

    public static DeliveryResult RetryLater(int accepted, string reason) => new(accepted, DeliveryOutcome.RetryLater, reason);

    public static DeliveryResult Rejected(int accepted, string reason) => new(accepted, DeliveryOutcome.Rejected, reason);
}
