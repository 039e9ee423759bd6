using EdgeVision.Configuration;

namespace EdgeVision.Outputs;

/// <summary>A line that is read: a trigger, a gate, a door contact. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record GpioLineOptions
{
    /// <summary><see langword="default"/> when none is named, which only happens beside a mistake.</summary>
    public required GpioLineName Line { get; init; }

    public bool ActiveLow { get; init; }

    public GpioBias Bias { get; init; }

    /// <summary>Zero is none.</summary>
    public TimeSpan Debounce { get; init; }

    /// <summary>Keys of the section of whatever reads the line.</summary>
    public static GpioLineOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new GpioLineOptions
        {
            Line = GpioOutputOptions.ReadLine(options),
            ActiveLow = GpioOutputOptions.ReadActiveLow(options),
            Bias = options.OneOf("Bias", GpioBias.AsIs,
                "Resistor inside the chip that holds the line while nothing drives it: `as-is` as the board has set it, `pull-up` for a contact or NPN (open collector) output against ground, `pull-down`, or `disabled`. Not every chip can.",
                ("as-is", GpioBias.AsIs), ("pull-up", GpioBias.PullUp), ("pull-down", GpioBias.PullDown), ("disabled", GpioBias.Disabled)),
            Debounce = TimeSpan.FromMilliseconds(options.Number("DebounceMs", 0, 0, 10_000,
                "A trigger's level must be steady for so many milliseconds (fractions allowed) to count as an edge; 0 takes each. Raising it swallows the bounce of contacts, delivers each edge as much later, and swallows real pulses that are shorter.")),
        };
    }
}
