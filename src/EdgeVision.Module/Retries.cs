using EdgeVision.Delivery;

namespace EdgeVision.Module;

/// <summary>How soon what failed is tried again.</summary>
internal static class Retries
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), LastOfCameras = TimeSpan.FromSeconds(30), LastOfLinks = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan FirstOfHubEvents = TimeSpan.FromMilliseconds(200), LastOfHubEvents = TimeSpan.FromSeconds(2);

    /// <summary>A camera, a line or a broker comes back within seconds of its cable, and a dead one costs one attempt every half minute.</summary>
    public static RetrySchedule OfCameras() => new(First, LastOfCameras, Random.Shared);

    /// <summary>As IoT Hub asks of a fleet that comes back at once.</summary>
    public static RetrySchedule OfLinks() => new(First, LastOfLinks, Random.Shared);

    /// <summary>The link spares the hub, by <see cref="OfLinks"/>; its sink asks this side only whether it is up, and events should not sleep on when it is.</summary>
    public static RetrySchedule OfHubEvents() => new(FirstOfHubEvents, LastOfHubEvents, Random.Shared);
}
