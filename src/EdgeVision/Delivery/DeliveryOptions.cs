using EdgeVision.Configuration;

namespace EdgeVision.Delivery;

/// <summary>How a sink catches up after an outage.</summary>
/// <param name="Order">What goes first.</param>
/// <param name="BacklogPerSecond">Most events of a backlog or a replay in a second; 0 means as many as the sink takes.</param>
public sealed record DeliveryOptions(DeliveryOrder Order, int BacklogPerSecond)
{
    /// <summary>The section's name, in the section of a sink.</summary>
    public const string Key = "Delivery";

    public static DeliveryOptions Default { get; } = new(DeliveryOrder.OldestFirst, 0);

    public static DeliveryOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new DeliveryOptions(
            options.OneOf("Order", Default.Order,
                "What goes first after an outage or a restart with more waiting than fits into a batch: `oldestFirst` keeps the order of each camera, and dashboards lag until the backlog is through; "
                + "`liveFirst` sends what happens now at once and fills in the backlog beside it, so that each of the two is in order and together they are not.",
                ("oldestFirst", DeliveryOrder.OldestFirst), ("liveFirst", DeliveryOrder.LiveFirst)),
            options.Integer("BacklogPerSecond", Default.BacklogPerSecond, 0, 100_000,
                "Most events a second of a backlog, or of a replay; 0 means as many as the other side takes. Lowering it spares the network and who listens, but it takes longer until everything is there."));
    }
}
