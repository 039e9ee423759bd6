using EdgeVision.Events;

namespace EdgeVision.Module;

/// <summary>What the node says of itself.</summary>
internal static class NodeEvents
{
    public static SystemEvent Started(TimeProvider time, EdgeVisionOptions options) => new()
    {
        Time = time.GetUtcNow(),
        Kind = SystemEventKind.Started,
        Message = $"EdgeVision {Product.Version} started with {options.Cameras.Count} {(options.Cameras.Count == 1 ? "camera" : "cameras")}: {string.Join(", ", options.Cameras.Keys)}.",
    };

    public static SystemEvent Stopped(TimeProvider time) => new()
    {
        Time = time.GetUtcNow(),
        Kind = SystemEventKind.Stopped,
        Message = "EdgeVision takes no more frames; what is not delivered now is delivered after the next start.",
    };
}
