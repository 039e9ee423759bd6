using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Simulator;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>The whole node as a module of the simulated device, and what an operator does with it.</summary>
internal sealed class HubNodeProcess : IAsyncDisposable
{
    /// <summary>Small, quick, and an event for each frame.</summary>
    public const string Camera = """{"Uri":"test:pattern?width=64&height=48&fps=20","Events":{"Sampling":"every"}}""";

    /// <summary>The long versions wait for the last retries of a link as well, which are up to a minute apart.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("EDGEVISION_SOAK") == "1" ? 200 : 60);

    private readonly Simulated _hub;
    private readonly EdgeVisionProcess _node;

    private HubNodeProcess(Simulated hub, EdgeVisionProcess node) => (_hub, _node) = (hub, node);

    public string Log => _node.Stderr;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>With the environment that edgeAgent gives a module.</summary>
    public static HubNodeProcess Start(Simulated hub, string data) => Start(hub, data, hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value));

    /// <summary>As a developer starts it.</summary>
    public static async Task<HubNodeProcess> StartByConnectionStringAsync(Simulated hub, string data) => Start(hub, data, new Dictionary<string, string>
    {
        ["EdgeHubConnectionString"] = $"HostName={Simulated.Hub};GatewayHostName=localhost;DeviceId={Simulated.Device};ModuleId={Simulated.Module};SharedAccessKey={await hub.KeyAsync()}",
        ["EDGEVISION__IOTHUB__CAFILE"] = hub.Simulator.CaPath,
    });

    private static HubNodeProcess Start(Simulated hub, string data, Dictionary<string, string> environment)
    {
        environment["EDGEVISION__IOTHUB__PORT"] = $"{hub.Simulator.Port}";
        environment["EDGEVISION__MQTT__EMBEDDEDPORT"] = "0";
        return new HubNodeProcess(hub, EdgeVisionProcess.StartWith(environment, "run", "--data", data));
    }

    public Task<string> LoggedAsync(string text) => _node.LineAsync(text, error: true);

    /// <summary>SIGTERM; its exit code.</summary>
    public Task<int> StopAsync()
    {
        _node.Terminate();
        return _node.ExitAsync();
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    /// <summary>A merge patch of the desired properties; their version.</summary>
    public async Task<int> DesireAsync(string patch)
    {
        var (status, body) = await _hub.PostAsync($"desired/{Simulated.ClientId}", patch);
        Assert.True(status is >= 200 and < 300, $"{status} {body}");
        return (int)body!["version"]!;
    }

    /// <summary>A direct method, tried until the node is there to answer it.</summary>
    public async Task<(int Status, JsonNode? Payload)> CallAsync(string method, string arguments = "{}")
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var (status, body) = await _hub.PostAsync($"method/{Simulated.ClientId}/{method}", arguments);
            if (status == 200) return ((int)body!["status"]!, body["payload"]);
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"{method}: {status} {body}\n{Log}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
        }
    }

    /// <summary>The reported properties, once they are so.</summary>
    public async Task<JsonNode> ReportedAsync(Func<JsonNode, bool> isThere)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reported = (await _hub.TwinAsync())["reported"]!;
            if (isThere(reported)) return reported;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"{reported.ToJsonString()}\n{Log}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
        }
    }

    /// <summary>Until this version of the desired properties is acknowledged, whichever way.</summary>
    public Task<JsonNode> AcknowledgedAsync(int version) => ReportedAsync(r => (int?)r["config"]?["desired"] >= version);

    /// <summary>All events that arrived at the hub, in the order of arrival.</summary>
    public async Task<List<JsonElement>> EventsAsync() =>
        [.. (await _hub.MessagesAsync()).SelectMany(m => JsonDocument.Parse(m!["body"]!.GetValue<string>()).RootElement.EnumerateArray())];

    /// <summary>Until more than so many events have arrived.</summary>
    public async Task MoreEventsThanAsync(int count)
    {
        var began = TimeProvider.System.GetTimestamp();
        while ((await EventsAsync()).Count <= count)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, Log);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
        }
    }

    /// <summary>Every sequence number from 1 on has arrived, and each camera's first arrivals are in order: repeats are allowed, gaps and overtaking within a camera are not.</summary>
    /// <remarks>A message that came twice came as it was, and no event in two messages: a consumer that drops repeats by <c>$.mid</c> has each event once.</remarks>
    public async Task AssertNothingIsLostAsync()
    {
        foreach (var same in (await _hub.MessagesAsync()).GroupBy(m => (string)m!["props"]!["$.mid"]!)) Assert.Single(same.Select(m => $"{m!["body"]} {m["props"]!.ToJsonString()}").Distinct());
        var once = (await _hub.MessagesAsync()).DistinctBy(m => (string)m!["props"]!["$.mid"]!).SelectMany(m => JsonDocument.Parse((string)m!["body"]!).RootElement.EnumerateArray());
        Assert.DoesNotContain(once.CountBy(e => e.GetProperty("id").GetString()!), e => e.Value > 1);
        var (all, cameras) = (new HashSet<long>(), new Dictionary<string, long>());
        foreach (var arrived in await EventsAsync())
        {
            all.Add(Number(arrived, "sequence"));
            var subject = arrived.GetProperty("subject").GetString()!;
            if (!subject.StartsWith("cameras/", StringComparison.Ordinal)) continue;
            var (number, newest) = (Number(arrived, "camerasequence"), cameras.GetValueOrDefault(subject));
            Assert.InRange(number, 1, newest + 1);
            cameras[subject] = Math.Max(newest, number);
        }

        Assert.NotEmpty(cameras);
        Assert.Equal(Enumerable.Range(1, all.Count).Select(n => (long)n), all.Order());

        static long Number(JsonElement arrived, string name) => long.Parse(arrived.GetProperty(name).GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }
}
