using System.Collections.Concurrent;

namespace EdgeVision.Azure.Hub;

/// <summary>What the hub will charge for: messages that it has acknowledged, and blocks of 4 KB that it meters. By camera; the node's own under <see cref="Node"/>. Any thread.</summary>
/// <param name="time">Counts from now on; by a clock that nobody sets.</param>
public sealed class HubUsage(TimeProvider time)
{
    /// <summary>Stands in the place of a camera for events of the node itself; no camera may be called so.</summary>
    public const string Node = "events";

    private readonly ConcurrentDictionary<string, (long Messages, long Blocks)> _cameras = new(StringComparer.Ordinal);
    private readonly long _began = time.GetTimestamp();

    /// <summary>How long it has counted.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_began);

    public IEnumerable<(string Camera, long Messages, long Blocks)> Cameras => _cameras.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value.Messages, c.Value.Blocks));

    /// <param name="camera">Null for the node.</param>
    /// <param name="bytes">As the hub counts.</param>
    public void Count(string? camera, int bytes)
    {
        var blocks = (bytes + TelemetryMessage.MeteringBlock - 1) / TelemetryMessage.MeteringBlock;
        _cameras.AddOrUpdate(camera ?? Node, static (_, add) => (1, add), static (_, have, add) => (have.Messages + 1, have.Blocks + add), (long)blocks);
    }
}
