using EdgeVision.Configuration;

namespace EdgeVision.Delivery;

/// <summary>How the outbox trades latency against disk writes, and how much a sink gets at once.</summary>
/// <param name="GroupCommit">Commits are at least this far apart under load, so an event waits at most this long for company; 0..1 s.</param>
/// <param name="BatchSize">Events a delivery loop hands to its sink at once; 1..10,000.</param>
/// <param name="BatchBytes">Bytes of event bodies a batch may hold; one larger event makes a batch of its own.</param>
/// <param name="Quota">How much is kept.</param>
public sealed record OutboxOptions(TimeSpan GroupCommit, int BatchSize, int BatchBytes, OutboxQuota Quota)
{
    public static OutboxOptions Read(OptionsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new OutboxOptions(
            reader.Milliseconds("GroupCommitMs", 10, 0, 1000,
                "Events that arrive within this time of the last commit share the next one. A lone event never waits. "
                + "Raising it spares flash storage but delays events under load by as much."),
            reader.Integer("BatchSize", 128, 1, 10_000,
                "Events handed to a sink at once. Raising it drains a backlog faster but sends more events twice after a crash."),
            reader.Integer("BatchBytes", 262_144, 1024, 16_777_216,
                "Bytes of events handed to a sink at once; an event larger than this goes alone. Raising it costs that much memory per sink."),
            OutboxQuota.Read(reader));
    }
}
