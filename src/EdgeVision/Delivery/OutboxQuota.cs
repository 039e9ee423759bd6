using EdgeVision.Configuration;

namespace EdgeVision.Delivery;

/// <summary>How much the outbox keeps. At a limit what every sink has goes first, then the oldest of the lowest family: frame, camera, rule, system.</summary>
/// <param name="MaxBytes">Of the file's pages in use; the log beside it, up to 64 MiB, comes on top.</param>
/// <param name="MaxEvents">Held, delivered or not.</param>
/// <param name="MaxAge">By the outbox's own clock, see <see cref="HeldClock"/>.</param>
/// <param name="MinFreeBytes">Below this the file does not grow; 0 for never looking.</param>
/// <param name="KeepDelivered">How long what every sink has stays for a replay.</param>
/// <param name="MaxDeadLetters">The oldest go.</param>
/// <param name="DeadLetterBytes">Of their bodies together; the oldest go.</param>
public sealed record OutboxQuota(
    long MaxBytes, long MaxEvents, TimeSpan MaxAge, long MinFreeBytes, TimeSpan KeepDelivered, int MaxDeadLetters, long DeadLetterBytes)
{
    /// <summary>Its keys stand among those of the outbox.</summary>
    public static OutboxQuota Read(OptionsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new OutboxQuota(
            (long)reader.Number("MaxBytes", 1 << 30, 1 << 20, 1e12,
                "Bytes of events held (pages in use of outbox.db; its log comes on top, up to 64 MiB). At the limit what every sink has goes first, then the oldest events of the lowest "
                + "family (frame, camera, rule, system), and a system event says so. Raising it bridges a longer outage but takes that much disk."),
            (long)reader.Number("MaxEvents", 10_000_000, 100, 1e9,
                "Events held, likewise. Raising it matters only when events are small: usually MaxBytes is reached first."),
            TimeSpan.FromHours(reader.Number("MaxAgeHours", 168, 0.1, 8760,
                "Hours an event is held, counted by the node's own clock and never by the time of day. Raising it delivers older news after an outage.")),
            (long)reader.Number("MinFreeBytes", 64 << 20, 0, 1e12,
                "Bytes to leave free on the disk: with less the file does not grow, and what every sink has is given back at once. Raising it leaves more to others but gives events up sooner. 0: the disk may fill up."),
            TimeSpan.FromMinutes(reader.Number("KeepDeliveredMinutes", 60, 0, 525_600,
                "Minutes that events stay for a replay after every sink has them, room permitting. Raising it lets a consumer ask for an older gap but fills the file.")),
            reader.Integer("MaxDeadLetters", 10_000, 1, 1_000_000, "Events kept that a sink refused for good; the oldest go. Raising it keeps more to look at."),
            (long)reader.Number("DeadLetterBytes", 16 << 20, 1 << 16, 1e10, "Bytes of those events together; the oldest go. Raising it takes that much disk."));
    }
}
