using EdgeVision.Azure.Hub;
using EdgeVision.Commands;
using EdgeVision.Configuration;
using EdgeVision.Rollout;

namespace EdgeVision.Module.Remote;

/// <summary>All commands by name. <see cref="RunAsync"/> is the <see cref="CommandHandler"/> of whoever takes them: a hub's methods, a broker's topics.</summary>
internal sealed class RemoteCommands : IAsyncDisposable
{
    private readonly Dictionary<string, RemoteCommand> _commands = new(StringComparer.OrdinalIgnoreCase);
    private readonly StatusCommand _status;
    private readonly DiagnoseCommand _diagnose;

    public RemoteCommands(RemoteNode node)
    {
        _status = new StatusCommand(node);
        _diagnose = new DiagnoseCommand(node);
        var (snapshot, cameras, logs, small) = (new SnapshotCommand(node), new CameraCommands(node), new LogCommands(node), new SmallCommands(node));
        Add(RemoteCommand.Of("ping", PingArguments.Read, small.Ping));
        Add(RemoteCommand.Of("getStatus", _status.Answer));
        Add(RemoteCommand.Of("snapshot", SnapshotArguments.Read, snapshot.RunAsync));
        Add(RemoteCommand.Of("detectNow", CameraCommands.ReadName, cameras.DetectNowAsync));
        Add(RemoteCommand.Of("pauseCamera", PauseArguments.Read, cameras.Pause));
        Add(RemoteCommand.Of("resumeCamera", CameraCommands.ReadName, cameras.Resume));
        Add(RemoteCommand.Of("reloadModel", node.ReloadModel));
        Add(RemoteCommand.Of("updateModel", RolloutOptions.Read, small.UpdateModel));
        Add(RemoteCommand.Of("setLogLevel", LogLevelArguments.Read, logs.SetLevel));
        Add(RemoteCommand.Of("getLogs", LogArguments.Read, logs.Tail));
        Add(RemoteCommand.Of("diagnose", DiagnoseCommand.ReadWait, _diagnose.RunAsync));
        Add(RemoteCommand.Of("pulseOutput", PulseArguments.Read, small.PulseOutput));
        Add(RemoteCommand.Of("replay", ReplayArguments.Read, new ReplayCommand(node).Run));
    }

    public IEnumerable<RemoteCommand> All => _commands.Values;

    /// <inheritdoc cref="CommandHandler"/>
    public ValueTask<CommandAnswer> RunAsync(string name, ReadOnlyMemory<byte> arguments, CancellationToken stopping)
    {
        if (!_commands.TryGetValue(name, out var command)) return ValueTask.FromResult(Unknown(name));
        // A caller that gives none sends nothing, or null.
        var isEmpty = arguments.Span.Trim(" \t\r\n"u8) is var text && (text.IsEmpty || text.SequenceEqual("null"u8));
        if (isEmpty) return command.RunAsync([], stopping);
        return JsonText.Parse(arguments, "The payload", CommandDesk.MaxBytes, "an object with the arguments", out var error) is { } json
            ? command.RunAsync(json, stopping)
            : ValueTask.FromResult(CommandAnswer.Refusal(CommandAnswer.Mistaken, error!));
    }

    public async ValueTask DisposeAsync()
    {
        _status.Dispose();
        await _diagnose.DisposeAsync();
    }

    private void Add(RemoteCommand command) => _commands.Add(command.Name, command);

    private CommandAnswer Unknown(string name)
    {
        var nearest = Spelling.Nearest(name, _commands.Keys) is { } near ? $"; did you mean {near}?" : ".";
        return CommandAnswer.Refusal(CommandAnswer.Unknown, $"There is no such command{nearest} Known are {string.Join(", ", _commands.Keys)}.");
    }
}
