using EdgeVision.Configuration;
using EdgeVision.Events;

namespace EdgeVision.Module;

/// <summary>What the node says of itself.</summary>
internal static class NodeEvents
{
    /// <summary>The rest stands in the log and in the twin.</summary>
    private const int ToldMistakes = 5;

    public static SystemEvent Started(TimeProvider time, EdgeVisionOptions options) => new()
    {
        Time = time.GetUtcNow(),
        Kind = SystemEventKind.Started,
        Message = options.Cameras.Count == 0
            ? $"EdgeVision {Product.Version} started without a camera; it waits for the hub to name one."
            : $"EdgeVision {Product.Version} started with {options.Cameras.Count} {(options.Cameras.Count == 1 ? "camera" : "cameras")}: {string.Join(", ", options.Cameras.Keys)}.",
    };

    public static SystemEvent ConfigurationAccepted(TimeProvider time, long version, string configVersion) => new()
    {
        Time = time.GetUtcNow(),
        Kind = SystemEventKind.ConfigurationAccepted,
        Message = $"The configuration from the hub, version {version}, is in force as {configVersion}.",
    };

    public static SystemEvent ConfigurationRejected(TimeProvider time, long version, IReadOnlyList<ConfigurationMistake> mistakes) => new()
    {
        Time = time.GetUtcNow(),
        Kind = SystemEventKind.ConfigurationRejected,
        Level = Severity.Warning,
        Message = $"The configuration from the hub, version {version}, is refused and the one before stays: {string.Join(" ", mistakes.Take(ToldMistakes))}{(mistakes.Count > ToldMistakes ? $" And {mistakes.Count - ToldMistakes} more." : "")}",
    };

    public static SystemEvent Stopped(TimeProvider time) => new()
    {
        Time = time.GetUtcNow(),
        Kind = SystemEventKind.Stopped,
        Message = "EdgeVision takes no more frames; what is not delivered now is delivered after the next start.",
    };
}
