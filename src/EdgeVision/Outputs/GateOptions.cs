using EdgeVision.Configuration;

namespace EdgeVision.Outputs;

/// <summary>A line that says when a camera's frames are looked at. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record GateOptions
{
    public required GpioLineOptions Line { get; init; }

    /// <summary>What holds while the line cannot be read.</summary>
    public required bool OpenWhenFailing { get; init; }

    /// <summary>Keys of a camera's <c>Gate</c> section.</summary>
    public static GateOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new GateOptions
        {
            Line = GpioLineOptions.Read(options),
            OpenWhenFailing = options.OneOf("WhenFailing", true,
                "While the line cannot be read: `detect` as if the gate were open, or `stop` as if it were closed. Which of the two mistakes is worse only you know; either is logged once.",
                ("detect", true), ("stop", false)),
        };
    }
}
