using EdgeVision.Events;

namespace EdgeVision.Delivery;

/// <summary>What an <see cref="OutboxView"/> counts.</summary>
/// <param name="Path">Of the file.</param>
/// <param name="SchemaVersion">Of its tables.</param>
/// <param name="LastSequence">Of the newest event ever; 0 before the first.</param>
/// <param name="OldestSequence">Of the oldest held; 0 when none is.</param>
/// <param name="Events">Held, delivered or not.</param>
/// <param name="Bytes">Of pages in use.</param>
/// <param name="FileBytes">Of the file, without its log.</param>
/// <param name="Families">Events held.</param>
/// <param name="Sinks">Delivered up to and including, and held beyond that; also sinks that are no longer configured.</param>
/// <param name="DeadLetters">Kept.</param>
/// <param name="Untold">Events given up that no event has told of yet.</param>
/// <param name="OldestTime">UTC.</param>
/// <param name="NewestTime">UTC.</param>
public sealed record OutboxFigures(
    string Path, int SchemaVersion, long LastSequence, long OldestSequence, long Events, long Bytes, long FileBytes, IReadOnlyDictionary<EventFamily, long> Families,
    IReadOnlyList<(string Sink, long Position, long Waiting)> Sinks, long DeadLetters, long Untold, DateTimeOffset? OldestTime, DateTimeOffset? NewestTime);
