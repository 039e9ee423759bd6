using EdgeVision.Configuration;
using EdgeVision.Outputs;

namespace EdgeVision.Triggers;

/// <summary>A lamp that a pulse lights. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record StrobeOptions
{
    public required GpioOutputOptions Line { get; init; }

    public required TimeSpan Longest { get; init; }

    public required bool UntilFrame { get; init; }

    /// <summary>Keys of a trigger's <c>Strobe</c> section, which switches the lamp on by being there.</summary>
    public static StrobeOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new StrobeOptions
        {
            Line = GpioOutputOptions.Read(options),
            Longest = options.Milliseconds("OnMs", 100, 1, 10_000,
                "The lamp goes dark so long after the newest pulse at the latest. It must outlast DelayMs, the wait for the next frame to begin and its exposure; raising it heats the lamp."),
            UntilFrame = options.Flag("OffWithFrame", true, "`true`: it goes dark as soon as no pulse waits for a frame any more. `false`: always after OnMs."),
        };
    }
}
