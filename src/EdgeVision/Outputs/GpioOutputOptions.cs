using EdgeVision.Configuration;

namespace EdgeVision.Outputs;

/// <summary>A line that switches something. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record GpioOutputOptions
{
    /// <summary><see langword="default"/> when none is named, which only happens beside a mistake.</summary>
    public required GpioLineName Line { get; init; }

    public bool ActiveLow { get; init; }

    /// <summary>The level the line gets in the moment in which it becomes an output; true is active.</summary>
    public bool Initial { get; init; }

    /// <summary>The level it is left in when the node stops; true is active.</summary>
    public bool Safe { get; init; }

    /// <summary>Keys of the output's own section.</summary>
    public static GpioOutputOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new GpioOutputOptions
        {
            Line = ReadLine(options),
            ActiveLow = ReadActiveLow(options),
            Initial = Level(options, "Initial", "Level from the moment the node takes the line until something switches it."),
            Safe = Level(options, "Safe",
                "Level that the line is left in when the node stops. When it is killed nobody can write it: the kernel lets go of the line, and what the pin does then is up to its driver (docs/cameras.md); wire what must be safe so that an undriven line is."),
        };
    }

    internal static GpioLineName ReadLine(OptionsReader options)
    {
        var text = options.RequiredText("Line",
            "GPIO line by chip and number (`gpiochip0/17`, `/dev/gpiochip0:17`, `pinctrl-bcm2711/17`) or by the name the board gives it (`GPIO17`); `edgevision gpio list` shows them.",
            static value => GpioLineName.TryParse(value, out _, out var wrong) ? null : wrong);
        return GpioLineName.TryParse(text, out var line, out _) ? line : default;
    }

    internal static bool ReadActiveLow(OptionsReader options) =>
        options.Flag("ActiveLow", false, "True when the line is active at low voltage: a contact to ground, an NPN sensor, a lamp between supply and pin.");

    private static bool Level(OptionsReader options, string key, string text) => options.OneOf(key, Inactive, text, ("inactive", Inactive), ("active", Active));

    private const bool Inactive = false, Active = true;
}
