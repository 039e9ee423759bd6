using EdgeVision.Events;
using EdgeVision.Inference;

namespace EdgeVision.Evidence;

/// <summary>Decides which events of one camera get a picture. One thread.</summary>
public sealed class EvidenceRule(TimeProvider time)
{
    private long? _last;

    /// <summary>The object that is worth it; null for none, or when the last picture is too near.</summary>
    /// <param name="options">Of the camera, now.</param>
    /// <param name="seen">What would become an event.</param>
    /// <param name="isAnswer">A pulse asked for it.</param>
    public Detection? Subject(EvidenceOptions options, FrameEvent seen, bool isAnswer)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(seen);
        if (!options.Enabled || (!isAnswer && _last is { } at && time.GetElapsedTime(at) < options.MinimumGap)) return null;
        Detection? best = null;
        for (var i = 0; i < seen.Objects.Count; i++)
        {
            var detection = seen.Objects[i];
            var isWorth = options.Classes.Count == 0 || options.Classes.Contains(seen.Model.Labels[detection.ClassId], StringComparer.OrdinalIgnoreCase);
            if (isWorth && (best is not { } other || detection.Confidence > other.Confidence)) best = detection;
        }

        return best;
    }

    /// <summary>A picture was kept: the gap begins.</summary>
    public void Kept() => _last = time.GetTimestamp();
}
