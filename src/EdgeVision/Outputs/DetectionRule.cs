using EdgeVision.Inference;

namespace EdgeVision.Outputs;

/// <summary>Wanted while one of its cameras sees enough objects of its classes; each camera counts for itself. Any thread.</summary>
public sealed class DetectionRule : OutputRule
{
    private readonly Lock _gate = new();
    private readonly bool[]? _classes;
    private readonly double _minConfidence;
    private readonly int _count;
    private readonly Presence[] _cameras;

    /// <param name="options">Of the kind <see cref="OutputRuleKind.Detected"/>.</param>
    /// <param name="cameras">How many it watches.</param>
    /// <param name="labels">Of the model; classes that are none of them are never seen.</param>
    /// <param name="time">The clock that frame timestamps belong to.</param>
    public DetectionRule(OutputRuleOptions options, int cameras, IReadOnlyList<string> labels, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(labels);
        (_minConfidence, _count) = (options.MinConfidence, options.Count);
        if (options.Classes.Count > 0) _classes = [.. labels.Select(label => options.Classes.Contains(label, StringComparer.OrdinalIgnoreCase))];
        _cameras = new Presence[cameras];
        for (var i = 0; i < cameras; i++) _cameras[i] = new Presence(options.For, options.Gap, options.ForgetAfter, time);
    }

    /// <summary>What a frame showed. Allocates nothing.</summary>
    /// <param name="camera">Number of the camera, from 0.</param>
    /// <param name="detections">After the camera's own filters.</param>
    /// <param name="timestamp">Of capture, <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void See(int camera, ReadOnlySpan<Detection> detections, long timestamp)
    {
        var count = 0;
        foreach (ref readonly var detection in detections)
        {
            if (detection.Confidence >= _minConfidence && (_classes is null || _classes[detection.ClassId])) count++;
        }

        lock (_gate) _cameras[camera].Frame(count >= _count, timestamp);
    }

    public override bool IsWanted(long now)
    {
        lock (_gate)
        {
            foreach (var camera in _cameras)
            {
                if (camera.Holds(now)) return true;
            }

            return false;
        }
    }
}
