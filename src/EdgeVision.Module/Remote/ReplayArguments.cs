using EdgeVision.Configuration;

namespace EdgeVision.Module.Remote;

/// <summary>Of <c>replay</c>: the numbers that a consumer misses, both included.</summary>
internal sealed record ReplayArguments(long From, long To, string Sink)
{
    /// <summary>A JSON number holds every whole number up to here exactly (RFC 8259, section 6).</summary>
    private const double MaxSequence = 9_007_199_254_740_991;

    public static ReplayArguments Read(OptionsReader arguments)
    {
        var read = new ReplayArguments(
            Sequence(arguments, "from", "`sequence` of the first event to send again."),
            Sequence(arguments, "to", "`sequence` of the last event to send again."),
            arguments.Text("sink", Deliveries.Mqtt, "Which sink sends them.")!);
        if (read.To < read.From) arguments.Refuse("to", $"{read.To} is before {read.From}; from and to are the first and the last number that are missing.");
        return read;
    }

    private static long Sequence(OptionsReader arguments, string key, string text)
    {
        var number = arguments.RequiredNumber(key, 1, MaxSequence, text);
        if (Math.Floor(number) != number) arguments.Refuse(key, "is no whole number; write the `sequence` of an event.");
        return (long)number;
    }
}
