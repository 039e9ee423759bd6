using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using EdgeVision.Simulator.Hub;

namespace EdgeVision.Simulator.Control;

/// <summary>What the cloud would do, and what goes wrong in the field: over HTTP on loopback, for tests, scripts and curl.</summary>
internal sealed class ControlApi : IAsyncDisposable
{
    private const double MaxSeconds = 3600;

    private static readonly TimeSpan MethodTimeout = TimeSpan.FromSeconds(30);

    private readonly EdgeSimulator _simulator;
    private LocalServer? _server;

    private ControlApi(EdgeSimulator simulator) => _simulator = simulator;

    public Uri Address => _server!.Address;

    /// <exception cref="SimulatorException">The address is not a loopback one.</exception>
    /// <exception cref="IOException">The address cannot be had.</exception>
    public static async Task<ControlApi> StartAsync(EdgeSimulator simulator, Uri address)
    {
        if (!address.IsLoopback || address.Scheme != Uri.UriSchemeHttp)
            throw new SimulatorException($"--control is '{address}'; it must be http on loopback, like http://127.0.0.1:5080, because it tells keys to everybody.");
        var host = address.HostNameType == UriHostNameType.Dns ? IPAddress.Loopback : IPAddress.Parse(address.IdnHost.Trim('[', ']'));
        var control = new ControlApi(simulator);
        control._server = await LocalServer.StartAsync(kestrel => kestrel.Listen(host, address.Port), control.HandleAsync).ConfigureAwait(false);
        return control;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
    }

    private Task<Answer> HandleAsync(Call call) => (call.Method, call.Path) switch
    {
        ("GET", ["messages"]) => Task.FromResult(Answer.Ok(Messages())),
        ("DELETE", ["messages"]) => ForgetMessages(),
        ("GET", ["key", var d, var m]) => OfModule(d, m, module => Task.FromResult(Answer.Text(module.Key))),
        ("GET", ["twin", var d, var m]) => OfModule(d, m, module => Task.FromResult(Answer.Ok(Twin(module)))),
        ("POST", ["desired", var d, var m]) => OfModule(d, m, module => DesireAsync(module, call)),
        ("POST", ["input", var d, var m, var input]) => OfModule(d, m, module => InputAsync(module, input, call)),
        ("POST", ["method", var d, var m, var name]) => OfModule(d, m, module => CallMethodAsync(module, name, call)),
        ("POST", ["kick", var d, var m]) => OfModule(d, m, async module => Answer.Ok(new JsonObject { ["kicked"] = await _simulator.Hub.KickAsync(module.Identity).ConfigureAwait(false) })),
        ("POST", ["pause"]) => PauseAsync(call),
        ("POST" or "DELETE", ["fault", var name]) => Task.FromResult(SwitchFault(name, call.Method == "POST")),
        _ => Task.FromResult(Answer.Error(404, "There is no such call; docs/simulator.md lists them.")),
    };

    private Task<Answer> OfModule(string device, string name, Func<SimulatedModule, Task<Answer>> then) =>
        _simulator.Modules.TryGetValue(new ModuleIdentity(device, name).ClientId, out var module)
            ? then(module)
            : Task.FromResult(Answer.Error(404, $"There is no module '{device}/{name}'; there is {string.Join(", ", _simulator.Modules.Keys)} (--device, --module)."));

    private JsonArray Messages()
    {
        var all = new JsonArray();
        foreach (var message in _simulator.Hub.Telemetry.ToList())
        {
            var properties = new JsonObject();
            foreach (var (name, value) in message.Properties) properties[name] = value;
            all.Add((JsonNode)new JsonObject
            {
                ["client"] = message.Client,
                ["body"] = message.Body,
                ["props"] = properties,
                ["at"] = message.At.ToString("O", CultureInfo.InvariantCulture),
            });
        }

        return all;
    }

    private Task<Answer> ForgetMessages()
    {
        _simulator.Hub.Telemetry.Clear();
        return Task.FromResult(Answer.Empty);
    }

    private static JsonObject Twin(SimulatedModule module)
    {
        var twin = module.Twin.Read();
        if (module.ModelId is not null) twin["modelId"] = module.ModelId;
        return twin;
    }

    private async Task<Answer> DesireAsync(SimulatedModule module, Call call)
    {
        if (!call.TryReadJson(out var patch)) return Answer.Error(400, "The body is no JSON.");
        var (version, pushed, error) = await _simulator.Hub.DesireAsync(module, patch).ConfigureAwait(false);
        return version is null ? Answer.Error(400, error!) : Answer.Ok(new JsonObject { ["version"] = version, ["pushed"] = pushed });
    }

    /// <summary>The names of the query are the properties of the message.</summary>
    private async Task<Answer> InputAsync(SimulatedModule module, string input, Call call)
    {
        if (!IsTopicLevel(input)) return Answer.Error(400, $"'{input}' cannot be the name of an input.");
        var properties = call.Query.Select(p => new KeyValuePair<string, string?>(p.Key, p.Value)).ToDictionary(StringComparer.Ordinal);
        if (call.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true)
        {
            properties.TryAdd("$.ct", "application/json");
            properties.TryAdd("$.ce", "utf-8");
        }

        var pushed = await _simulator.Hub.SendInputAsync(module.Identity, input, properties, new ReadOnlySequence<byte>(call.Body)).ConfigureAwait(false);
        return Answer.Ok(new JsonObject { ["pushed"] = pushed });
    }

    private async Task<Answer> CallMethodAsync(SimulatedModule module, string name, Call call)
    {
        if (!IsTopicLevel(name)) return Answer.Error(400, $"'{name}' cannot be the name of a method.");
        if (call.Body.Length > MqttHub.MaxMethodBytes) return Answer.Error(413, $"The payload has {call.Body.Length} bytes; {MqttHub.MaxMethodBytes} are allowed.");
        if (!call.TryReadJson(out _)) return Answer.Error(400, "The payload is no JSON.");
        if (!TrySeconds(call, "timeout", MethodTimeout, out var timeout)) return Answer.Error(400, $"timeout is in seconds, 0 to {MaxSeconds}.");
        var answer = await _simulator.Hub.CallAsync(module.Identity, name, call.Body, timeout).ConfigureAwait(false);
        return Answer.Json(answer.Status == MethodAnswer.NoAnswer ? 504 : 200, new JsonObject { ["status"] = answer.Status, ["payload"] = answer.Payload });
    }

    private async Task<Answer> PauseAsync(Call call)
    {
        if (!TrySeconds(call, "seconds", TimeSpan.FromSeconds(5), out var duration)) return Answer.Error(400, $"seconds is a number, 0 to {MaxSeconds}.");
        await _simulator.Hub.PauseAsync(duration).ConfigureAwait(false);
        return Answer.Ok(new JsonObject { ["seconds"] = duration.TotalSeconds });
    }

    private Answer SwitchFault(string name, bool on)
    {
        if (!Faults.TryParse(name, out var fault)) return Answer.Error(404, $"There is no fault '{name}'; there is {string.Join(", ", Faults.Names.Select(n => n.Name))}.");
        _simulator.SwitchFault(name, fault, on);
        return Answer.Ok(new JsonObject { ["fault"] = name, ["on"] = on });
    }

    private static bool TrySeconds(Call call, string name, TimeSpan otherwise, out TimeSpan time)
    {
        time = otherwise;
        if (!call.Query.TryGetValue(name, out var text)) return true;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || seconds is not (>= 0 and <= MaxSeconds)) return false;
        time = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static bool IsTopicLevel(string name) => name.Length > 0 && name.IndexOfAny(['/', '+', '#', '?', '\0']) < 0;
}
