using EdgeVision.Frames;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>Finds objects in a frame. Used by one camera loop at a time; not thread-safe.</summary>
public interface IDetector : IDisposable
{
    /// <summary>The model behind the answers: provenance of every event.</summary>
    ModelIdentity Model { get; }

    /// <summary>
    /// Fills <paramref name="detections"/>, which the caller has cleared, with boxes in source pixels, best confidence first.
    /// The frame stays the caller's.
    /// </summary>
    ValueTask<DetectionStatus> DetectAsync(Frame frame, DetectionList detections, CancellationToken stopping);
}
