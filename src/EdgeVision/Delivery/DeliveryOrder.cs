namespace EdgeVision.Delivery;

/// <summary>Which events a sink gets first when more wait than it can take at once.</summary>
public enum DeliveryOrder
{
    /// <summary>All in the order they happened: nothing new before everything old has arrived.</summary>
    OldestFirst,

    /// <summary>What happens now goes at once; what an outage has left is filled in beside it. Each of the two is in order, together they are not.</summary>
    LiveFirst,
}
