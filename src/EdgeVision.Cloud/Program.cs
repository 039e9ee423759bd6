using System.CommandLine;
using System.Runtime.InteropServices;
using EdgeVision.Cloud;
using EdgeVision.Configuration;
using Microsoft.Extensions.Logging;

// The heavier models of a fleet, behind the Open Inference Protocol.
var config = new Option<string?>("--config") { Description = "Configuration file (docs/cloud-server.md)", HelpName = "FILE" };
var models = new Option<string?>("--models") { Description = "Folder of models", HelpName = "DIR" };
var port = new Option<int?>("--port") { Description = "Port to listen on (8000)", HelpName = "PORT" };
var command = new RootCommand("An inference server: models for nodes that are unsure.\n\nExample:\n  edgevision-cloud --models models --port 8000\n  curl http://127.0.0.1:8000/v2/models") { config, models, port };
command.SetAction(async (parsed, stopping) =>
{
    var (options, mistakes) = Read(parsed.GetValue(config), parsed.GetValue(models), parsed.GetValue(port));
    if (mistakes.Count > 0)
    {
        await Console.Error.WriteLineAsync($"The configuration has {(mistakes.Count == 1 ? "a mistake" : $"{mistakes.Count} mistakes")}; mend and start again:\n  {string.Join("\n  ", mistakes)}");
        return 1;
    }

    using var logs = LoggerFactory.Create(static b => b.AddSimpleConsole(static c => (c.SingleLine, c.UseUtcTimestamp, c.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ ")));
    try
    {
        await using var server = await CloudServer.StartAsync(options, TimeProvider.System, logs.CreateLogger("cloud"));
        if (server.Models.Count == 0) await Console.Error.WriteLineAsync($"There is no model in '{options.Models}'; put folders with a model.json there, and start again.");
        await UntilStoppedAsync(stopping);
        return 0;
    }
    catch (CloudException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 1;
    }
});
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static (CloudOptions Options, IReadOnlyList<string> Mistakes) Read(string? config, string? models, int? port)
{
    var tree = ConfigurationTree.Empty();
    if (config is not null)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(config);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (OptionsReader.Defaults(CloudOptions.Read), [$"The configuration file '{config}' cannot be read ({e.Message.TrimEnd('.')}); name an existing one with --config."]);
        }

        if (ConfigurationTree.Parse(json, $"'{config}'", Path.GetDirectoryName(Path.GetFullPath(config))!, out var error) is not { } parsed) return (OptionsReader.Defaults(CloudOptions.Read), [error!]);
        tree = parsed;
    }

    tree.OverlayEnvironment(Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(static e => KeyValuePair.Create((string)e.Key, (string?)e.Value ?? "")));
    if (models is not null) tree.Set(Path.GetFullPath(models), "Models");
    if (port is { } number) tree.Set(number, "Port");
    var (options, mistakes) = OptionsReading.Read(tree, CloudOptions.Read);
    return (options, [.. mistakes.Select(static m => $"{m}")]);
}

static async Task UntilStoppedAsync(CancellationToken stopping)
{
    var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var ended = stopping.Register(() => stop.TrySetResult());
    await stop.Task;

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.TrySetResult();
    }
}
