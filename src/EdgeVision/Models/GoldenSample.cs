using EdgeVision.Configuration;

namespace EdgeVision.Models;

/// <summary>
/// A picture whose answer is known: what tells a model that works from one that merely runs. Objects are written as
/// <c>edgevision detect --format json</c> prints them.
/// </summary>
public sealed record GoldenSample
{
    /// <summary>Samples a manifest may have.</summary>
    public const int MaxSamples = 100;

    /// <summary>Objects a sample may have.</summary>
    public const int MaxObjects = 1000;

    public const int MaxPictureBytes = 16 << 20;

    /// <summary>A JPEG or PNG file, a plain name inside the package's folder.</summary>
    public required string Picture { get; init; }

    /// <summary>All that the model finds there at its own thresholds; empty for a picture of nothing.</summary>
    public required IReadOnlyList<GoldenObject> Objects { get; init; }

    /// <summary>0..1: least overlap of a found box with the expected one.</summary>
    public required float MinIou { get; init; }

    /// <summary>0..1: how far a found confidence may lie from the expected one.</summary>
    public required float ConfidenceTolerance { get; init; }

    public static GoldenSample Read(OptionsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new GoldenSample
        {
            Picture = reader.RequiredText("picture", "A JPEG or PNG file in this folder.", ModelManifest.FileName),
            Objects = reader.RequiredSections("objects", MaxObjects,
                "All that the model finds in it at its own thresholds, as `edgevision detect --format json` prints them; an empty list for a picture of nothing.", GoldenObject.Read),
            MinIou = (float)reader.Number("minIou", 0.8, 0, 1, "Least overlap of a found box with the expected one. Lowering it forgives another runtime or JPEG decoder, and also a shifted box."),
            ConfidenceTolerance = (float)reader.Number("confidenceTolerance", 0.1, 0, 1,
                "How far a found confidence may lie from the expected one. An object this close to its threshold may also be absent, or appear unexpected."),
        };
    }
}
