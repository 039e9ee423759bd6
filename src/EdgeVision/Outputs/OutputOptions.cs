using EdgeVision.Configuration;

namespace EdgeVision.Outputs;

/// <summary>One output: a line, when it is switched, and how. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record OutputOptions
{
    private const int MaxMs = 86_400_000;

    public required GpioOutputOptions Line { get; init; }

    public required OutputRuleOptions Rule { get; init; }

    public required OutputPattern Pattern { get; init; }

    public required TimeSpan MinimumOn { get; init; }

    public required TimeSpan MinimumOff { get; init; }

    /// <summary>Keys of one output's section.</summary>
    public static OutputOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var output = new OutputOptions
        {
            Line = GpioOutputOptions.Read(options),
            Rule = options.RequiredSection("Rule", OutputRuleOptions.Read),
            Pattern = options.Section("Pattern", ReadPattern),
            MinimumOn = options.Milliseconds("MinimumOnMs", 0, 0, MaxMs,
                "Once on, it stays on for so long (a pulse has its own length; a blinking output goes on blinking). Raising it makes a short sighting visible."),
            MinimumOff = options.Milliseconds("MinimumOffMs", 0, 0, MaxMs,
                "Between two activations at least, and before the first after the start; what is still wanted then comes as much later, a pulse whose reason is gone by then never. Protects relays, motors and nerves."),
        };
        if (output.Pattern.IsOnce && options.IsSet("MinimumOnMs")) options.Refuse("MinimumOnMs", "means nothing to a pulse, whose length is Pattern:PulseMs; leave it out.");
        return output;
    }

    /// <summary>Keys of an output's <c>Pattern</c> section.</summary>
    private static OutputPattern ReadPattern(OptionsReader options)
    {
        const string Retrigger = "For `pulse`, when the rule begins to hold again during the pulse: `ignore` leaves the pulse as it is, `extend` begins its length anew.";
        var kind = options.OneOf("Kind", OutputPatternKind.Level,
            "`level` is on while the rule holds; `pulse` is on for PulseMs each time it begins to hold, and not again before it has ended; `blink` is on and off in turn while it holds.",
            ("level", OutputPatternKind.Level), ("pulse", OutputPatternKind.Pulse), ("blink", OutputPatternKind.Blink));
        var pulse = options.Milliseconds("PulseMs", 500, 1, MaxMs, "Length of a pulse. A millisecond or two more is normal; what must be exact to less needs hardware of its own.");
        var extends = options.OneOf("Retrigger", false, Retrigger, ("ignore", false), ("extend", true));
        var on = options.Milliseconds("OnMs", 500, 10, MaxMs, "For `blink`: time on.");
        var off = options.Milliseconds("OffMs", 500, 10, MaxMs, "For `blink`: time off.");
        RefuseOfOthers(options, kind);
        return kind switch
        {
            OutputPatternKind.Pulse => OutputPattern.Pulse(pulse, extends),
            OutputPatternKind.Blink => OutputPattern.Blink(on, off),
            _ => OutputPattern.Level,
        };
    }

    /// <summary>A length without its Kind would be a level, and nobody would be told.</summary>
    private static void RefuseOfOthers(OptionsReader options, OutputPatternKind kind)
    {
        Refuse(OutputPatternKind.Pulse, "pulse", ["PulseMs", "Retrigger"]);
        Refuse(OutputPatternKind.Blink, "blink", ["OnMs", "OffMs"]);

        void Refuse(OutputPatternKind owner, string word, ReadOnlySpan<string> keys)
        {
            foreach (var key in keys)
            {
                if (kind != owner && options.IsSet(key)) options.Refuse(key, $"belongs to Kind `{word}`, and Kind is another (`level` when absent); set Kind or leave it out.");
            }
        }
    }
}
