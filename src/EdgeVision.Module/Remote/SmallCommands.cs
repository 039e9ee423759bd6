using EdgeVision.Commands;
using EdgeVision.Configuration;

namespace EdgeVision.Module.Remote;

/// <summary><c>ping</c>, <c>pulseOutput</c>, <c>reloadModel</c>.</summary>
internal sealed class SmallCommands(RemoteNode node)
{
    private const int MaxModel = 4096;

    public static string? ReadModel(OptionsReader arguments) => arguments.Text("model", null, "Name, folder or file of another model, as in the configuration; without it the configured one, from its files as they are now.",
        name => name.Length is 0 or > MaxModel ? $"has {name.Length} characters; 1 to {MaxModel} were expected" : null);

    public ValueTask<CommandAnswer> Ping(PingArguments arguments, CancellationToken stopping) => ValueTask.FromResult(CommandAnswer.Of(CommandAnswer.Ok, json =>
    {
        json.WriteString("time", Times.Of(node.Time.GetUtcNow()));
        json.WriteString("version", Product.Version);
        if (arguments.Message is { } message) json.WriteString("message", message);
    }));

    public ValueTask<CommandAnswer> PulseOutput(PulseArguments arguments, CancellationToken stopping)
    {
        if (node.Output(arguments.Output) is not { } output) return ValueTask.FromResult(Names.Unknown("output", node.Outputs()));
        return ValueTask.FromResult(output.Pulse(arguments.Length)
            ? CommandAnswer.Of(CommandAnswer.Ok, json =>
            {
                json.WriteString("output", arguments.Output);
                json.WriteNumber("ms", arguments.Length.TotalMilliseconds);
            })
            : CommandAnswer.Refusal(CommandAnswer.Unavailable, $"Output '{arguments.Output}' cannot be switched now; the log says why, and it is tried again."));
    }

    public async ValueTask<CommandAnswer> ReloadModelAsync(string? model, CancellationToken stopping) => node.ReloadModel is { } reload
        ? await reload(model, stopping)
        : CommandAnswer.Refusal(CommandAnswer.NotImplemented, "This node cannot exchange its model while it runs; restart it.");
}
