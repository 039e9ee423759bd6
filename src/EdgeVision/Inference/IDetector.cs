using EdgeVision.Frames;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>Finds objects in a frame. Used by one camera loop at a time; not thread-safe.</summary>
public interface IDetector : IDisposable
{
    /// <summary>The model behind the answers: provenance of every event.</summary>
    ModelIdentity Model { get; }

    /// <summary>
    /// Above 0, at most 1: an upright picture of <paramref name="width"/> × <paramref name="height"/> pixels that is scaled down to this share of its
    /// sides still has every pixel that the detector will look at.
    /// </summary>
    float LeastScale(int width, int height);

    /// <summary>
    /// Fills <paramref name="detections"/>, which the caller has cleared, with boxes in source pixels of the upright picture, best confidence first.
    /// The frame stays the caller's.
    /// </summary>
    ValueTask<DetectionStatus> DetectAsync(Frame frame, DetectionList detections, CancellationToken stopping);
}
