namespace EdgeVision.Delivery;

/// <summary>What a sink is handed, and which of the two streams it belongs to.</summary>
/// <param name="Entries">In order; empty when nothing may go now.</param>
/// <param name="IsBehind">Filled in or sent again, beside what happens now.</param>
/// <param name="IsOld">The limit for backlogs counts it.</param>
internal readonly record struct DeliveryBatch(IReadOnlyList<OutboxEntry> Entries, bool IsBehind, bool IsOld);
