using System.Text.Json.Nodes;
using EdgeVision.Commands;
using EdgeVision.Rollout;

namespace EdgeVision.Module.Remote;

/// <summary><c>ping</c>, <c>updateModel</c>, <c>pulseOutput</c>.</summary>
internal sealed class SmallCommands(RemoteNode node)
{
    public ValueTask<CommandAnswer> Ping(PingArguments arguments, CancellationToken stopping) => ValueTask.FromResult(CommandAnswer.Of(CommandAnswer.Ok, json =>
    {
        json.WriteString("time", Times.Of(node.Time.GetUtcNow()));
        json.WriteString("version", Product.Version);
        if (arguments.Message is { } message) json.WriteString("message", message);
    }));

    /// <summary>Begun, not done: the phase stands in <c>getStatus</c>, and each step is an event.</summary>
    public CommandAnswer UpdateModel(JsonObject arguments, RolloutOptions options) =>
        node.UpdateModel(arguments, options) is { } sentence
            ? CommandAnswer.Refusal(CommandAnswer.Unavailable, sentence)
            : CommandAnswer.Of(CommandAnswer.Accepted, json => json.WriteString("target", options.Target));

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
}
