using System.Text.Json.Nodes;
using EdgeVision.Commands;
using EdgeVision.Configuration;

namespace EdgeVision.Module.Remote;

/// <summary>One command: its name, its arguments, and what it does.</summary>
internal sealed class RemoteCommand
{
    private readonly Func<JsonObject, CancellationToken, ValueTask<CommandAnswer>> _run;

    private RemoteCommand(string name, IReadOnlyList<OptionKey> arguments, Func<JsonObject, CancellationToken, ValueTask<CommandAnswer>> run) =>
        (Name, Arguments, _run) = (name, arguments, run);

    public string Name { get; }

    /// <summary>For documents.</summary>
    public IReadOnlyList<OptionKey> Arguments { get; }

    /// <param name="name">As callers write it.</param>
    /// <param name="read">Reads the arguments; whatever it does not ask for is a mistake.</param>
    /// <param name="run">Called with valid arguments only.</param>
    public static RemoteCommand Of<T>(string name, Func<OptionsReader, T> read, Func<T, CancellationToken, ValueTask<CommandAnswer>> run) => new(name, OptionsReading.Describe(read, name), (json, stopping) =>
    {
        var (arguments, mistakes) = OptionsReading.Read(json, name, read);
        return mistakes.Count == 0 ? run(arguments, stopping) : ValueTask.FromResult(Refuse(mistakes));
    });

    /// <summary>A command that keeps its arguments as they were written, too.</summary>
    public static RemoteCommand Of<T>(string name, Func<OptionsReader, T> read, Func<JsonObject, T, CommandAnswer> run) => new(name, OptionsReading.Describe(read, name), (json, _) =>
    {
        var (arguments, mistakes) = OptionsReading.Read(json, name, read);
        return ValueTask.FromResult(mistakes.Count == 0 ? run(json, arguments) : Refuse(mistakes));
    });

    /// <summary>A command without arguments.</summary>
    public static RemoteCommand Of(string name, Func<CommandAnswer> run) => Of(name, static _ => true, (_, _) => ValueTask.FromResult(run()));

    public ValueTask<CommandAnswer> RunAsync(JsonObject arguments, CancellationToken stopping) => _run(arguments, stopping);

    private static CommandAnswer Refuse(IReadOnlyList<ConfigurationMistake> mistakes) => CommandAnswer.Of(CommandAnswer.Mistaken, json =>
    {
        json.WriteString("error", mistakes.Count == 1 ? $"{mistakes[0]}" : $"The arguments have {mistakes.Count} mistakes; mend them and call again.");
        json.WriteStartArray("mistakes");
        foreach (var mistake in mistakes) json.WriteStringValue($"{mistake}");
        json.WriteEndArray();
    });
}
