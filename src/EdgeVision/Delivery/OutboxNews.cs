using System.Globalization;
using EdgeVision.Events;

namespace EdgeVision.Delivery;

/// <summary>What the outbox tells of its own losses, as events like any other.</summary>
internal static class OutboxNews
{
    public static SystemEvent Evicted(EventLoss loss, DateTimeOffset now) => new()
    {
        Time = now,
        Kind = SystemEventKind.EventsEvicted,
        Level = Severity.Warning,
        Loss = loss,
        Message = string.Create(CultureInfo.InvariantCulture,
            $"{loss.Count} {(loss.Count == 1 ? "event" : "events")} of family {VisionEventJson.WordOf(loss.Family!.Value)} went before every sink had them: {(loss.From == 0 ? "the disk took none for too long" : "the outbox is at its limit of bytes, events or age, or its disk is full")}."),
    };

    /// <param name="loss">What may be lost with the old file.</param>
    /// <param name="movedTo">Path of the old file.</param>
    /// <param name="now">Of the event.</param>
    public static SystemEvent Replaced(EventLoss loss, string movedTo, DateTimeOffset now) => new()
    {
        Time = now,
        Kind = SystemEventKind.OutboxReplaced,
        Level = Severity.Error,
        Loss = loss,
        Message = string.Create(CultureInfo.InvariantCulture,
            $"The outbox's file was damaged; it is kept as {Path.GetFileName(movedTo)} and a new one is begun. {(loss.From == 0 ? "Nothing was waiting in it." : $"At least {loss.Count} events that not every sink had are lost with it.")} Look at the disk."),
    };
}
