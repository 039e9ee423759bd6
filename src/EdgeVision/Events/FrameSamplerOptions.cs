using EdgeVision.Configuration;

namespace EdgeVision.Events;

/// <summary>Which frames become events. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record FrameSamplerOptions
{
    public required FrameSampling Sampling { get; init; }

    public required TimeSpan Interval { get; init; }

    /// <summary>Keys of a camera's <c>Events</c> section.</summary>
    public static FrameSamplerOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FrameSamplerOptions
        {
            Sampling = options.OneOf("Sampling", FrameSampling.Change,
                "Which frames become events: `change` when the counts per label differ from the last event, and at the latest after IntervalMs; `interval` at most one every IntervalMs; `every` each frame that went through the detector.",
                ("change", FrameSampling.Change), ("interval", FrameSampling.Interval), ("every", FrameSampling.Every)),
            Interval = options.Milliseconds("IntervalMs", 1000, 10, 86_400_000,
                "Spacing of events for `interval`, longest silence for `change`. Raising it saves traffic and disk; consumers learn of a dead camera later."),
        };
    }
}
