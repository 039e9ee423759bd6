namespace EdgeVision.Models;

/// <summary>
/// A model package's model.json: everything about a model that is not in its graph, so that none of it is in code.
/// Described to editors by schemas/model.schema.json.
/// </summary>
public sealed partial record ModelManifest
{
    /// <summary>Larger manifests are not read.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>More labels are refused.</summary>
    public const int MaxLabels = 10_000;

    /// <summary>Larger class ids are refused.</summary>
    public const int MaxClassId = 99_999;

    public required string Name { get; init; }

    public required string Version { get; init; }

    public required ModelFamily Family { get; init; }

    /// <summary>SPDX expression or sentence: of the weights.</summary>
    public required string Licence { get; init; }

    /// <summary>Where the weights come from.</summary>
    public required string Source { get; init; }

    public string? Description { get; init; }

    /// <summary>The weights, a plain name inside the package's folder.</summary>
    public required string File { get; init; }

    /// <summary>Of the weights, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Pictures whose answer is known; empty when nobody has given any.</summary>
    public IReadOnlyList<GoldenSample> Golden { get; init; } = [];

    public required ModelInput Input { get; init; }

    public DecoderOptions Decoder { get; init; } = new();

    /// <summary>
    /// 0..1. Below it nothing is reported. Best F1 on a validation set is a good start; the score of one model means nothing to another.
    /// Raising it cuts false alarms but loses small objects.
    /// </summary>
    public required float ConfidenceThreshold { get; init; }

    /// <summary>Labels that need another threshold than the rest.</summary>
    public IReadOnlyDictionary<string, float> ConfidenceThresholds { get; init; } = new Dictionary<string, float>();

    /// <summary>0..1. Of two boxes of a class that overlap more, the better one stays; null for a model that has done this itself.</summary>
    public float? NmsIou { get; init; }

    /// <summary>Detections a frame at most, best first.</summary>
    public int MaxDetections { get; init; } = 100;

    /// <summary>Label of each class id; null while they stand in <see cref="LabelsFile"/>.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>One label a line, a plain name inside the package's folder; null when the manifest lists them itself.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>The model's id of each label; empty when that is the label's place. Ids that are not here are ignored.</summary>
    public IReadOnlyList<int> ClassIds { get; init; } = [];
}
