using EdgeVision.Configuration;

namespace EdgeVision.Inference;

/// <summary>What of a camera's detections counts. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record DetectionFilterOptions
{
    /// <summary>Empty allows all.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>0..1; the model's own threshold is applied before.</summary>
    public required double MinConfidence { get; init; }

    /// <summary>Share of the frame, 0..1.</summary>
    public required double MinBoxArea { get; init; }

    /// <summary>Share of the frame, 0..1.</summary>
    public required double MaxBoxArea { get; init; }

    /// <summary>Keys of the camera's own section.</summary>
    public static DetectionFilterOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var filter = new DetectionFilterOptions
        {
            Classes = options.Texts("Classes", "Labels that count, as the model names them; empty allows all. What is not listed is neither reported nor counted."),
            MinConfidence = options.Number("MinConfidence", 0, 0, 1,
                "Detections below are left out, on top of the model's own threshold. Raising it cuts false alarms and loses small or half-hidden objects."),
            MinBoxArea = options.Number("MinBoxArea", 0, 0, 1,
                "Smallest box that counts, as a share of the frame (0.001 is 18 × 17 pixels of 640 × 480). Raising it cuts distant noise and loses distant objects."),
            MaxBoxArea = options.Number("MaxBoxArea", 1, 0, 1,
                "Largest box that counts, as a share of the frame. Lowering it drops boxes that swallow the whole picture, and objects close to the lens."),
        };
        if (filter.MinBoxArea > filter.MaxBoxArea)
            options.Refuse("MinBoxArea", $"{filter.MinBoxArea} is above MaxBoxArea, {filter.MaxBoxArea}, so nothing would count; lower one or raise the other.");
        return filter;
    }
}
