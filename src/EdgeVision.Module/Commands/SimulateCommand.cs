using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeVision.Simulator;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace EdgeVision.Module.Commands;

/// <summary><c>simulate</c>: an IoT Edge device on this machine, for development and tests; see docs/simulator.md.</summary>
internal static class SimulateCommand
{
    private const int DefaultPort = 8883;

    /// <param name="run">Serves until it is stopped; <see cref="ServeAsync"/>.</param>
    public static Command Create(Func<SimulatorOptions, CancellationToken, Task> run)
    {
        var directory = Text("--dir", "DIR", "edgevision-simulator", "Where env, ca.pem and workload.sock are written; the keys are kept there, too");
        var port = NumberOption.Create("--port", "PORT", 0, 65535, $"MQTT over TLS on loopback, {DefaultPort} by default, the only one that SDKs know; 0 takes a free one");
        var control = new Option<Uri>("--control")
        {
            HelpName = "URL",
            Description = "The control API, http on loopback; port 0 takes a free one",
            DefaultValueFactory = _ => new Uri("http://127.0.0.1:5080"),
            CustomParser = result => Uri.TryCreate(Token(result), UriKind.Absolute, out var uri) ? uri : Refused<Uri>(result, "is no address, for example http://127.0.0.1:5080"),
        };
        var device = Text("--device", "ID", "dev1", "Id of the simulated device");
        var modules = new Option<string[]?>("--module") { HelpName = "ID", Description = "A module of the device, repeatable (edgevision); the first one owns env and workload.sock" };
        var hub = Text("--hub", "HOST", "edgevision-simulator.azure-devices.net", "The IoT Hub that tokens are for; nobody calls it");
        var routes = Many<Route>("--route", "OUTPUT=[MODULE/]INPUT", "What the module says on OUTPUT arrives at INPUT; repeatable", static text => Route.TryParse(text, out var route) ? route : null);
        var names = string.Join(", ", Faults.Names.Select(f => f.Name));
        var faults = Many<string>("--fault", "FAULT", $"{names}; repeatable, docs/simulator.md says what each does", static text => Faults.TryParse(text, out _) ? text : null, $"one of {names}");
        var command = new Command("simulate",
            "An IoT Edge device on this machine: edgeHub over MQTT, the workload API, and a control API that plays the cloud. No cloud, no containers. Ends by Ctrl-C.")
        {
            directory, port, control, device, modules, hub, routes, faults,
        };
        command.SetAction((parsed, stopping) => run(
            new SimulatorOptions
            {
                Directory = parsed.GetValue(directory)!,
                Port = parsed.GetValue(port) ?? DefaultPort,
                Control = parsed.GetValue(control)!,
                Device = parsed.GetValue(device)!,
                Modules = parsed.GetValue(modules) is { Length: > 0 } named ? named : ["edgevision"],
                HubHostName = parsed.GetValue(hub)!,
                Routes = parsed.GetValue(routes) ?? [],
                Faults = (parsed.GetValue(faults) ?? []).Aggregate(Fault.None, (all, name) => Faults.TryParse(name, out var fault) ? all | fault : all),
            },
            stopping));
        return command;
    }

    /// <exception cref="SimulatorException">It cannot start.</exception>
    public static async Task ServeAsync(SimulatorOptions options, CancellationToken stopping)
    {
        using var logs = LoggerFactory.Create(builder => builder
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat, console.ColorBehavior) = (true, "HH:mm:ss ", LoggerColorBehavior.Disabled)));
        await using var simulator = await EdgeSimulator.StartAsync(options, TimeProvider.System, logs.CreateLogger("simulator"));
        Console.Out.WriteLine($"""
            IoT Edge simulator of {string.Join(", ", options.Modules.Select(module => $"{options.Device}/{module}"))}
              MQTT over TLS   localhost:{simulator.Port}, trusted by {simulator.CaPath}
              workload API    {simulator.SocketPath}
              control API     {simulator.ControlAddress}
              environment     . '{simulator.EnvironmentPath}'
            Ctrl-C ends it.
            """);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stopping.Register(() => stopped.TrySetResult())) await stopped.Task;
    }

    private static Option<string?> Text(string name, string helpName, string fallback, string description) => new(name) { HelpName = helpName, Description = description, DefaultValueFactory = _ => fallback };

    private static Option<T[]?> Many<T>(string name, string helpName, string description, Func<string, T?> read, string? expected = null)
        where T : class => new(name)
        {
            HelpName = helpName,
            Description = description,
            CustomParser = result =>
            {
                var values = new List<T>();
                foreach (var token in result.Tokens)
                {
                    if (read(token.Value) is { } value) values.Add(value);
                    else result.AddError($"{name} '{token.Value}' is not understood; {expected ?? helpName} was expected. See --help.");
                }

                return [.. values];
            },
        };

    private static string Token(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";

    private static T? Refused<T>(ArgumentResult result, string why)
        where T : class
    {
        result.AddError($"'{Token(result)}' {why}.");
        return null;
    }
}
