using EdgeVision.Configuration;

namespace EdgeVision.Module.Remote;

/// <summary>Of <c>pulseOutput</c>.</summary>
internal sealed record PulseArguments(string Output, TimeSpan Length)
{
    public static PulseArguments Read(OptionsReader arguments) => new(
        arguments.RequiredText("output", "Name of an output."),
        TimeSpan.FromMilliseconds(arguments.RequiredInteger("ms", 1, 60_000, "How long it is on, in milliseconds.")));
}
