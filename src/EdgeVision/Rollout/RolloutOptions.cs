using EdgeVision.Configuration;

namespace EdgeVision.Rollout;

/// <summary>A model that this node shall look with, and what it has to prove before and after. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record RolloutOptions
{
    /// <summary>The section's name.</summary>
    public const string Key = "ModelUpdate";

    /// <summary>As written: an https address, a folder or file, or a name in the store.</summary>
    public required string Source { get; init; }

    /// <summary>Of the file that comes from <see cref="Source"/>, lower-case hex; null for what is not said.</summary>
    public string? Sha256 { get; init; }

    /// <summary>0..100: share of the nodes for which this is meant.</summary>
    public required double Percent { get; init; }

    /// <summary>Names of the rings for which this is meant; empty for all.</summary>
    public required IReadOnlyList<string> Rings { get; init; }

    /// <summary>Also without pictures whose answer is known.</summary>
    public required bool AllowWithoutGolden { get; init; }

    /// <summary>Zero for any.</summary>
    public required TimeSpan MaxLatency { get; init; }

    /// <summary>Bytes that it may add to the process; 0 for any.</summary>
    public required long MaxMemory { get; init; }

    /// <summary>Zero for no time in the shadow.</summary>
    public required TimeSpan Shadow { get; init; }

    /// <summary>0 for no shadow by frames; the shadow ends with whichever comes first.</summary>
    public required int ShadowFrames { get; init; }

    /// <summary>0..1.</summary>
    public required double MinAgreement { get; init; }

    public required TimeSpan Watch { get; init; }

    /// <summary>0..1.</summary>
    public required double MaxFailures { get; init; }

    /// <summary>Of the time the one before took for a frame.</summary>
    public required double MaxSlowdown { get; init; }

    /// <summary>0..1, of the objects a frame that the one before found.</summary>
    public required double MinDetections { get; init; }

    public static RolloutOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new RolloutOptions
        {
            Source = options.RequiredText("Source", "The new model: an https address of an .evmodel file, a path, or `NAME@VERSION` of one that is in the store.", CheckSource),
            Sha256 = options.Text("Sha256", null, "Of the file that comes from there; another one is refused.", CheckSum),
            Percent = options.Number("Percent", 100, 0, 100, "Share of the nodes that take it, chosen by a hash of device and source: who has it at 1 has it at 10. Raising it rolls out further."),
            Rings = options.Texts("Rings", "Rings that take it (the key `Ring` of a node); all when empty."),
            AllowWithoutGolden = options.Flag("AllowWithoutGolden", false, "Take a model that brings no picture with a known answer. It may then be blind and nobody notices before the watch."),
            MaxLatency = options.Milliseconds("MaxLatencyMs", 0, 0, 600_000, "Time that it may take for a frame, median on its own pictures; 0 for any."),
            MaxMemory = options.Integer("MaxMemoryMegabytes", 0, 0, 1_000_000, "Megabytes that it may add to the process; 0 for any.") * 1_000_000L,
            Shadow = TimeSpan.FromSeconds(options.Number("ShadowSeconds", 0, 0, 604_800, "How long it looks at live frames beside the old one, unheard, in a quarter of the time at most. Raising it compares more but puts the change off and costs processor time.")),
            ShadowFrames = options.Integer("ShadowFrames", 0, 0, 1_000_000, "The shadow is over after so many frames; 0 for by time alone."),
            MinAgreement = options.Number("MinAgreement", 0, 0, 1, "Share of the objects that both must find in the shadow, by label and half overlap. Raising it refuses what sees other things, also better ones."),
            Watch = TimeSpan.FromSeconds(options.Number("WatchSeconds", 600, 0, 604_800, "How long it is watched after the change; what fails within is taken back. Raising it catches rarer failures but keeps the old one for longer.")),
            MaxFailures = options.Number("MaxFailures", 0.05, 0, 1, "Share of the frames that it may fail on while it is watched."),
            MaxSlowdown = options.Number("MaxSlowdown", 3, 0, 1000, "How many times as long as the one before it may take for a frame; 0 for any. Raising it allows a heavier model."),
            MinDetections = options.Number("MinDetections", 0.1, 0, 1, "Least share of the objects a frame that were found before the change; below it the model is taken for blind. 0 never judges by it, which a place that empties at night needs with a long watch."),
        };
    }

    /// <summary>
    /// What makes it another rollout, and its name in events, logs and reports: where it comes from and what it must be. Without what stands behind the question mark of
    /// an address, which is a secret and changes when its time is over.
    /// </summary>
    public string Target => Sha256 is null ? Place : $"{Place}#{Sha256.ToLowerInvariant()}";

    /// <summary>The source without its secrets.</summary>
    public string Place => Uri.TryCreate(Source, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" ? $"{address.Scheme}://{address.Authority}{address.AbsolutePath}" : Source;

    private static string? CheckSource(string source) =>
        source.Length <= 4096 && !source.Any(char.IsControl)
            ? null
            : "an address, a path or a name of at most 4,096 characters was expected.";

    private static string? CheckSum(string sum) =>
        sum.Length == 64 && sum.All(char.IsAsciiHexDigit)
            ? null
            : "64 hexadecimal digits were expected; sha256sum prints them.";
}
