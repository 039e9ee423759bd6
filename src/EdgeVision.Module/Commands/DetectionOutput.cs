using EdgeVision.Frames;
using EdgeVision.Inference;

namespace EdgeVision.Module.Commands;

/// <summary>How <c>detect</c> tells what it found.</summary>
internal abstract class DetectionOutput
{
    public abstract void Write(string picture, Frame frame, DetectionList detections, IReadOnlyList<string> labels);

    /// <summary>After the last picture.</summary>
    public virtual void End()
    {
    }
}
