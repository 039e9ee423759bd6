using EdgeVision.Events;

namespace EdgeVision.Delivery;

/// <summary>What lies in the outbox, and what had to go.</summary>
/// <param name="Events">On disk, delivered or not.</param>
/// <param name="Bytes">Pages of the file that are in use.</param>
/// <param name="ByFamily">Events on disk.</param>
/// <param name="Evicted">Since the start: events given up before every sink had them.</param>
/// <param name="InMemory">Events that wait in memory because the disk refuses.</param>
/// <param name="DeadLetters">Kept.</param>
/// <param name="DeadLettersDropped">Since the start: dead letters that newer ones took the place of.</param>
/// <param name="OldestAge">For how long the oldest event has been held, to a minute; null when there is none, or it is younger than that.</param>
public sealed record OutboxHoldings(
    long Events, long Bytes, IReadOnlyDictionary<EventFamily, long> ByFamily, IReadOnlyDictionary<EventFamily, long> Evicted, long InMemory, long DeadLetters,
    long DeadLettersDropped, TimeSpan? OldestAge)
{
    public long EvictedEvents => Evicted.Values.Sum();
}
