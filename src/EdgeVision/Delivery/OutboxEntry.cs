using EdgeVision.Events;
using EdgeVision.Events.Presets;

namespace EdgeVision.Delivery;

/// <summary>An event as it lies in the outbox: what a sink sends.</summary>
/// <param name="Sequence">1, 2, 3 … per node, without gaps.</param>
/// <param name="CameraSequence">1, 2, 3 … per camera; 0 for events of the node itself.</param>
/// <param name="Id">The key by which consumers drop duplicates.</param>
/// <param name="Family">Part of the topic, and of what is evicted first.</param>
/// <param name="Type">CloudEvents type, <c>io.edgevision.frame.v1</c>.</param>
/// <param name="Camera">Null for events of the node itself.</param>
/// <param name="Severity">For routes.</param>
/// <param name="Time">UTC of capture or occurrence.</param>
/// <param name="Body">CloudEvents JSON, structured mode, UTF-8.</param>
public sealed record OutboxEntry(
    long Sequence,
    long CameraSequence,
    Guid Id,
    EventFamily Family,
    string Type,
    string? Camera,
    Severity Severity,
    DateTimeOffset Time,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>What <see cref="Body"/> looks like: a <see cref="PresetSink"/> hands its sink another shape.</summary>
    public EventPreset Preset { get; init; }
}
