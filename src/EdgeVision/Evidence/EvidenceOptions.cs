using EdgeVision.Configuration;

namespace EdgeVision.Evidence;

/// <summary>Which events of a camera get a picture, and what kind. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record EvidenceOptions
{
    /// <summary>The section's name.</summary>
    public const string Key = "Evidence";

    public required bool Enabled { get; init; }

    /// <summary>An event with none of them gets no picture; empty for whatever was seen.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Between two pictures of this camera; pulses of a trigger do not wait.</summary>
    public required TimeSpan MinimumGap { get; init; }

    /// <summary>The most confident object with some of what is around it, instead of the whole frame.</summary>
    public required bool IsCrop { get; init; }

    /// <summary>Around the object, as a share of its width and height.</summary>
    public required double Margin { get; init; }

    /// <summary>Pixels; a smaller picture is not enlarged.</summary>
    public required int Width { get; init; }

    /// <summary>Of the JPEG, 1..100.</summary>
    public required int Quality { get; init; }

    public static EvidenceOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new EvidenceOptions
        {
            Enabled = options.Flag("Enabled", false, "Keeps a picture for events in which something was seen, and names it in the event (`dataref`). It costs a JPEG for each, between two frames."),
            Classes = options.Texts("Classes", "Labels that are worth a picture; without any whatever the camera reports."),
            MinimumGap = options.Milliseconds("MinimumGapMs", 10_000, 0, 86_400_000, "Between two pictures of this camera; pulses of a trigger do not wait. Lowering it fills the disk sooner and takes time from detection."),
            IsCrop = options.OneOf("Picture", false, "`frame` is the whole of it; `crop` is the most confident object that is worth a picture, with its surroundings.", ("frame", false), ("crop", true)),
            Margin = options.Number("Margin", 0.2, 0, 2, "Surroundings of a crop on each side, as a share of the object's width and height."),
            Width = options.Integer("Width", 1280, 16, 4096, "Pixels; a wider picture is scaled down. Raising it costs disk and time."),
            Quality = options.Integer("Quality", 80, 1, 100, "Of the JPEG. Raising it costs disk."),
        };
    }

    public bool Equals(EvidenceOptions? other) => other is not null
        && (Enabled, MinimumGap, IsCrop, Margin, Width, Quality) == (other.Enabled, other.MinimumGap, other.IsCrop, other.Margin, other.Width, other.Quality)
        && Classes.SequenceEqual(other.Classes);

    public override int GetHashCode() => HashCode.Combine(Enabled, MinimumGap, IsCrop, Margin, Width, Quality, Classes.Count);
}
