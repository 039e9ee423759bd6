using EdgeVision.Configuration;

namespace EdgeVision.Module.Privacy;

/// <summary>What becomes of pixels on their way out of this node. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
internal sealed record PrivacyOptions
{
    /// <summary>The section's name.</summary>
    public const string Key = "Privacy";

    /// <summary>No picture is stored, answered or sent.</summary>
    public required bool MetadataOnly { get; init; }

    /// <summary>Labels of objects that nobody may recognise; empty for none.</summary>
    public required IReadOnlyList<string> BlurClasses { get; init; }

    /// <summary>Around a blurred box, as a share of its width and height.</summary>
    public required double BlurMargin { get; init; }

    public static PrivacyOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PrivacyOptions
        {
            MetadataOnly = options.Flag("MetadataOnly", false, "No picture leaves the detector: snapshots are refused, evidence is not kept, nothing is uploaded. Events go on as ever."),
            BlurClasses = options.Texts("BlurClasses", "Labels of objects that are made unrecognisable in every picture that is stored, answered or sent: `person`, `face`. Only what the model detects can be blurred; `Masks` hide areas whatever is in them."),
            BlurMargin = options.Number("BlurMargin", 0.1, 0, 1, "Around a blurred object on each side, as a share of its width and height."),
        };
    }
}
