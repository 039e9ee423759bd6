namespace EdgeVision.Module.Commands;

/// <summary>What <c>eval</c> is asked to do.</summary>
internal sealed record EvalRequest
{
    /// <summary>Pictures shown as mistakes at most.</summary>
    public const int MaxMistakes = 12;

    /// <summary>Folder of the pictures.</summary>
    public required string Images { get; init; }

    /// <summary>A COCO JSON file, or a folder of YOLO text labels.</summary>
    public required string Annotations { get; init; }

    /// <summary>As it was named; not used with <see cref="FromDetections"/>.</summary>
    public required ModelLocation Model { get; init; }

    /// <summary>COCO results to score instead of running a model.</summary>
    public string? FromDetections { get; init; }

    public string? Report { get; init; }

    /// <summary>Where to write COCO results.</summary>
    public string? Detections { get; init; }

    /// <summary>Folder for curves and mistakes.</summary>
    public string? Plots { get; init; }

    public bool WriteThresholds { get; init; }
}
