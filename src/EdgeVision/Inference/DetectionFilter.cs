using EdgeVision.Configuration;

namespace EdgeVision.Inference;

/// <summary>
/// Which detections of a camera count: by class, by confidence, by size. Applied in place before anything else sees them.
/// </summary>
public sealed class DetectionFilter
{
    private readonly DetectionFilterOptions _options;
    private readonly bool[]? _allowed;

    /// <param name="options">What to keep.</param>
    /// <param name="labels">Of the model; names in the options that are none of them keep nothing (see <see cref="UnknownClasses"/>).</param>
    public DetectionFilter(DetectionFilterOptions options, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(labels);
        _options = options;
        if (options.Classes.Count == 0) return;
        _allowed = new bool[labels.Count];
        for (var i = 0; i < labels.Count; i++) _allowed[i] = options.Classes.Contains(labels[i], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Mistakes that only show once the model's labels are known, each as the rest of a sentence about the class.</summary>
    public static IEnumerable<string> UnknownClasses(IReadOnlyList<string> classes, string model, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(classes);
        foreach (var name in classes.Where(c => !labels.Contains(c, StringComparer.OrdinalIgnoreCase)))
        {
            var nearest = Spelling.Nearest(name, labels);
            var hint = nearest is not null ? $"did you mean '{nearest}'?" : $"its labels are {string.Join(", ", labels.Take(10))}{(labels.Count > 10 ? $" … ({labels.Count})" : "")}.";
            yield return $"'{name}' is not a label of model '{model}'; {hint}";
        }
    }

    /// <summary>Removes what does not count, keeping the order.</summary>
    /// <param name="detections">Boxes in source pixels.</param>
    /// <param name="width">Of the frame, source pixels.</param>
    /// <param name="height">Of the frame, source pixels.</param>
    public void Apply(DetectionList detections, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(detections);
        var frameArea = (float)width * height;
        var span = detections.Span;
        var kept = 0;
        for (var i = 0; i < span.Length; i++)
        {
            if (Counts(span[i], frameArea)) span[kept++] = span[i];
        }

        detections.Truncate(kept);
    }

    private bool Counts(in Detection detection, float frameArea)
    {
        if (_allowed is not null && !_allowed[detection.ClassId]) return false;
        if (detection.Confidence < _options.MinConfidence) return false;
        var share = detection.Box.Area / frameArea;
        return share >= _options.MinBoxArea && share <= _options.MaxBoxArea;
    }
}
