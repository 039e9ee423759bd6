namespace EdgeVision.Delivery;

/// <summary>An event that a sink refused for good.</summary>
/// <param name="Sink">Who refused.</param>
/// <param name="Entry">The event, kept whole.</param>
/// <param name="Reason">The sink's words.</param>
/// <param name="RejectedAt">UTC.</param>
public sealed record DeadLetter(string Sink, OutboxEntry Entry, string Reason, DateTimeOffset RejectedAt);
