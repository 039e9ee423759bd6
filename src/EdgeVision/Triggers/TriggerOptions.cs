using EdgeVision.Configuration;
using EdgeVision.Events;
using EdgeVision.Outputs;

namespace EdgeVision.Triggers;

/// <summary>A photo-eye or another line whose pulses get their frames. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record TriggerOptions
{
    /// <summary>Null takes the camera's name.</summary>
    public required string? Name { get; init; }

    public required GpioLineOptions Line { get; init; }

    public required LineEdge Edge { get; init; }

    public required TriggerRule Rule { get; init; }

    /// <summary>Null goes by what the camera says of its time stamps.</summary>
    public required TimeSpan? ExposureOffset { get; init; }

    public required int Queue { get; init; }

    /// <summary>Null for none.</summary>
    public required StrobeOptions? Strobe { get; init; }

    /// <summary>Keys of a camera's <c>Trigger</c> section, which switches the trigger on by being there.</summary>
    public static TriggerOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var trigger = new TriggerOptions
        {
            Name = options.Text("Name", null, "Name of the trigger in events; the camera's when absent.", EntityName.Check),
            Line = GpioLineOptions.Read(options),
            Edge = options.OneOf("Edge", LineEdge.Rising,
                "Which change of the line is a pulse: `rising` when it becomes active, `falling` when it becomes inactive, `both`.",
                ("rising", LineEdge.Rising), ("falling", LineEdge.Falling), ("both", LineEdge.Both)),
            Rule = ReadRule(options),
            ExposureOffset = options.OptionalNumber("ExposureOffsetMs", 0, 10_000,
                "From the begin of a frame's exposure to its time stamp, when somebody has measured it. Without it a stamp of the begin of exposure is taken as it is, and of any other stamp one frame interval is taken off.") is { } ms
                ? TimeSpan.FromMilliseconds(ms)
                : null,
            Queue = options.Integer("Queue", 8, 1, 256,
                "Frames of pulses that may wait for detection; the oldest gives way beyond, and its pulse is told. Raising it rides out longer bursts of pulses, costs the memory of as many frames and answers the last of a burst later."),
            Strobe = options.OptionalSection("Strobe", StrobeOptions.Read),
        };
        if (trigger is { Strobe: not null, Rule.Matching: TriggerMatching.Nearest })
            options.Refuse("Strobe", "a strobe is lit by the pulse, and with Match 'nearest' the frame may have begun before it; use Match 'next' or remove Strobe.");
        if (trigger.Strobe is { } strobe && strobe.Line.Line == trigger.Line.Line && strobe.Line.Line != default)
            options.Refuse("Strobe", $"line '{strobe.Line.Line}' is the trigger's own; a line is read or switched, name another.");
        return trigger;
    }

    private static TriggerRule ReadRule(OptionsReader options) => new(
        options.OneOf("Match", TriggerMatching.Next,
            "Which frame belongs to a pulse: `next` the first whose exposure begins at or after the pulse plus DelayMs; `nearest` the one that begins nearest to it, before or after, which is known one frame later.",
            ("next", TriggerMatching.Next), ("nearest", TriggerMatching.Nearest)),
        TimeSpan.FromMilliseconds(options.Number("DelayMs", 0, 0, 60_000, "What the pulse announces is in the picture so many milliseconds later (fractions allowed): the way from the photo-eye to the middle of the picture, at the line's speed.")),
        options.Integer("Burst", 1, 1, 100, "Frames in a row that each pulse gets. Raising it costs detection as many times, and pulses closer together than the burst share frames."),
        options.Milliseconds("TimeoutMs", 1000, 1, 60_000,
            "How long a pulse waits for a frame, from its time plus DelayMs, and each further frame of a burst from the one before; and how far a frame may lie from it. Raising it forgives a camera that pauses, and explains a missing frame later."));
}
