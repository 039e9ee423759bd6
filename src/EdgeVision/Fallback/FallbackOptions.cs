using EdgeVision.Configuration;

namespace EdgeVision.Fallback;

/// <summary>When the cloud is asked, and how often it may be. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record FallbackOptions
{
    /// <summary>The section's name.</summary>
    public const string Key = "Fallback";

    /// <summary>0..1.</summary>
    public required float UncertainFrom { get; init; }

    /// <summary>0..1; nothing is uncertain when it is not above <see cref="UncertainFrom"/>.</summary>
    public required float UncertainTo { get; init; }

    /// <summary>Labels that are always asked about.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>0..1.</summary>
    public required double AuditShare { get; init; }

    /// <summary>Between two questions of a camera.</summary>
    public required TimeSpan MinimumGap { get; init; }

    /// <summary>Of all cameras.</summary>
    public required int CallsPerHour { get; init; }

    /// <summary>Of all cameras, in 24 hours.</summary>
    public required long BytesPerDay { get; init; }

    /// <summary>From the frame's capture to the verdict.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>Verdicts beyond the deadline become events, too.</summary>
    public required bool KeepLate { get; init; }

    public static FallbackOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var read = new FallbackOptions
        {
            UncertainFrom = (float)options.Number("UncertainFrom", 0, 0, 1, "An object from this confidence on is uncertain, up to `UncertainTo`. The model's own threshold holds below it."),
            UncertainTo = (float)options.Number("UncertainTo", 0.5, 0, 1, "Up to this confidence. Raising it asks more often; 0 never asks for uncertainty."),
            Classes = options.Texts("Classes", "Labels that are always asked about, within the limits."),
            AuditShare = options.Number("AuditShare", 0, 0, 1, "Share of the other frames with objects that is asked about all the same, by lot: how else would anybody know of confident mistakes? Raising it spends the budget on them."),
            MinimumGap = options.Milliseconds("MinimumGapMs", 2000, 0, 86_400_000, "Least time between two questions of a camera. Raising it spreads the budget over the hour."),
            CallsPerHour = options.Integer("CallsPerHour", 60, 0, 1_000_000, "Questions of all cameras in any hour. Raising it costs money."),
            BytesPerDay = options.Integer("MegabytesPerDay", 100, 0, 1_000_000, "Megabytes of pictures in any 24 hours. Raising it costs traffic.") * 1_000_000L,
            Deadline = options.Milliseconds("DeadlineMs", 5000, 100, 3_600_000, "From a frame's capture: a verdict that comes later is dropped and counted."),
            KeepLate = options.Flag("KeepLate", false, "Late verdicts become events, too: for audits."),
        };
        if (read.UncertainTo > 0 && read.UncertainTo <= read.UncertainFrom) options.Refuse("UncertainTo", "is not above UncertainFrom, so nothing is uncertain; raise it, or set it to 0 to say so.");
        return read;
    }
}
