using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Module.Live;
using EdgeVision.IntegrationTests.Simulator;
using EdgeVision.Simulator;
using EdgeVision.Simulator.Hub;

namespace EdgeVision.IntegrationTests.Module.Remote;

/// <summary>The whole node under the commands of the simulated hub.</summary>
public sealed class CommandRunTests : IDisposable
{
    private static readonly ModuleIdentity Module = new(Simulated.Device, Simulated.Module);

    /// <summary>Those that are done in a moment.</summary>
    private static readonly (string Name, string Arguments)[] Commands =
    [
        ("ping", """{"message":"hello"}"""), ("getStatus", "{}"), ("snapshot", """{"camera":"door","width":64,"quality":50}"""), ("detectNow", """{"camera":"door"}"""),
        ("pauseCamera", """{"camera":"door"}"""), ("resumeCamera", """{"camera":"GATE"}"""), ("setLogLevel", """{"level":"information","minutes":1}"""),
        ("getLogs", """{"lines":50,"level":"warning"}"""), ("pulseOutput", """{"output":"lamp","ms":20}"""), ("nonsense", "{}"),
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_command_does_what_it_says()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = await StartAsync(hub);

        Assert.Equal("hello", (string?)(await CallAsync(hub, "ping", 200, """{"message":"hello"}"""))["message"]);
        var status = await UntilAsync(hub, s => (string?)s["cameras"]!["door"]!["state"] == "running" && s["cameras"]!["door"]!["fps"] is not null && (string?)s["cameras"]!["GATE"]!["state"] == "lost");
        Assert.Equal(("connected", Simulated.Device, Simulated.Module, "nanodet-g-416"), ((string?)status["link"]!["state"], (string?)status["device"], (string?)status["module"], (string?)status["model"]!["name"]));
        Assert.Equal(["iothub", "mqtt"], status["sinks"]!.AsObject().Select(s => s.Key));

        await SnapshotAsync(hub, width: 640);
        Assert.Equal(409, (await hub.PostAsync($"method/{Simulated.ClientId}/snapshot", """{"camera":"GATE"}""")).Body!["status"]!.GetValue<int>());

        await CallAsync(hub, "pauseCamera", 200, """{"camera":"door"}""");
        var gated = (long)(await UntilAsync(hub, s => (long)s["cameras"]!["door"]!["gated"]! > 3 && (string?)s["cameras"]!["door"]!["state"] == "paused"))["cameras"]!["door"]!["frames"]!;
        await SnapshotAsync(hub, width: 64);
        var seen = await CallAsync(hub, "detectNow", 200, """{"camera":"door"}""");
        Assert.Equal((640, 480), ((int)seen["width"]!, (int)seen["height"]!));
        Assert.NotNull(seen["objects"]!.AsArray());
        Assert.True((double)seen["timingsMs"]!["infer"]! > 0);
        Assert.Equal(gated + 1, (long)(await CallAsync(hub, "getStatus", 200))["cameras"]!["door"]!["frames"]!);
        await CallAsync(hub, "resumeCamera", 200, """{"camera":"door"}""");
        await UntilAsync(hub, s => (long)s["cameras"]!["door"]!["frames"]! > gated + 2);

        Assert.Equal("debug", (string?)(await CallAsync(hub, "setLogLevel", 200, """{"level":"debug","minutes":1}"""))["level"]);
        await CallAsync(hub, "ping", 200);
        var logs = await CallAsync(hub, "getLogs", 200, """{"lines":1000}""");
        var lines = logs["lines"]!.AsArray().Select(l => (string)l!["text"]!).ToList();
        Assert.Contains(lines, l => l.StartsWith("The command ping (", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("camera GATE failed", StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", logs.ToJsonString(), StringComparison.Ordinal);

        var checks = (await CallAsync(hub, "diagnose", 200))["checks"]!.AsArray();
        Assert.Contains(checks, c => (string?)c!["check"] == "camera GATE" && (string?)c["level"] == "fail");
        Assert.Contains(checks, c => (string?)c!["check"] == "model" && (string?)c["level"] == "ok");
        Assert.Contains(checks, c => (string?)c!["check"] == "hub link" && (string?)c["level"] == "ok");
        Assert.Contains(checks, c => (string?)c!["check"] == "hub tls" && (string?)c["level"] == "ok");
        Assert.Contains(checks, c => (string?)c!["check"] == "trust bundle" && (string?)c["level"] == "ok");
        Assert.Contains(checks, c => (string?)c!["check"] == "gpio gpiochip77/1" && (string?)c["level"] == "fail");
        await CallAsync(hub, "diagnose", 202, """{"wait":false}""");
        await CallAsync(hub, "reloadModel", 202);
        await node.LineAsync("Cameras look with model nanodet-g-416", error: true);
        Assert.Equal("There is no such output; this node has none.", (string?)(await CallAsync(hub, "pulseOutput", 404, """{"output":"lamp","ms":5}"""))["error"]);
        await CallAsync(hub, "selfDestruct", 404);

        Assert.True((bool)(await hub.PostAsync($"input/{Simulated.ClientId}/commands", """{"command":"pauseCamera","arguments":{"camera":"door"}}""")).Body!["pushed"]!);
        await node.LineAsync("The command pauseCamera of a message came to 200", error: true);
        await UntilAsync(hub, s => (string?)s["cameras"]!["door"]!["state"] == "paused");

        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
        var ids = (await hub.MessagesAsync()).SelectMany(m => JsonDocument.Parse(m!["body"]!.GetValue<string>()).RootElement.EnumerateArray()).Select(e => e.GetProperty("id").GetString());
        Assert.Contains((string?)seen["event"], ids);
        Assert.DoesNotContain("hunter2", node.Stderr, StringComparison.Ordinal);

        async Task SnapshotAsync(Simulated from, int width)
        {
            var picture = await CallAsync(from, "snapshot", 200, $$"""{"camera":"door","width":{{width}},"quality":60}""");
            var file = await File.ReadAllBytesAsync(_folder.PathOf($"data/{picture["reference"]}"), TestContext.Current.CancellationToken);
            Assert.Equal((width, width * 3 / 4, file.Length), ((int)picture["width"]!, (int)picture["height"]!, (int)picture["bytes"]!));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), (string?)picture["sha256"]);
            Assert.Equal(file, Convert.FromBase64String((string)picture["image"]!));
            Assert.Equal([0xFF, 0xD8], file[..2]);
        }
    }

    [Fact]
    public async Task A_call_that_comes_again_over_a_new_link_runs_once_and_is_answered_each_time()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = await StartAsync(hub);
        await UntilAsync(hub, s => (string?)s["cameras"]!["door"]!["state"] == "running");
        var (topic, body) = (HubTopic.Method("pauseCamera", "7f0c5a3e-9a6f-4d52-8f7e-5a1d35c1b001"), """{"camera":"door"}"""u8.ToArray());

        for (var link = 1; link <= 3; link++)
        {
            for (var time = 1; time <= 2; time++)
            {
                Assert.True(await hub.Simulator.Hub.PushAsync(Module, topic, body));
                // Nobody at the hub waits for this id, and it says so for each answer.
                var answers = (2 * (link - 1)) + time;
                await UntilAsync(() => hub.Log.Lines.Count(l => l.Contains("nobody waits for this answer", StringComparison.Ordinal)) == answers);
            }

            await hub.PostAsync($"kick/{Simulated.ClientId}");
            await UntilAsync(hub, s => (long)s["link"]!["connects"]! == link + 1);
        }

        Assert.Single(node.Stderr.Split('\n'), l => l.Contains("Camera door is paused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_thousand_garbled_calls_are_each_answered_2xx_or_4xx()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = await StartAsync(hub);
        await UntilAsync(hub, s => (string?)s["cameras"]!["door"]!["state"] == "running");
        var random = new Random(23);
        var calls = Enumerable.Range(0, 1000).Select(_ => Commands[random.Next(Commands.Length)]).Select(c => (c.Name, Body: Garbled(c.Arguments, random))).ToList();
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (call, _) =>
        {
            // Past the control API, which takes JSON only.
            var answer = await hub.Simulator.Hub.CallAsync(Module, call.Name, call.Body, TimeSpan.FromSeconds(30));
            Assert.True(answer.Status is >= 200 and < 500, $"{call.Name} {Encoding.UTF8.GetString(call.Body)}: {answer}");
        });

        await CallAsync(hub, "ping", 200);
        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
        Assert.DoesNotContain(node.Stderr.Split('\n'), l => l.Contains("should not", StringComparison.Ordinal));
        Assert.InRange(Directory.GetFiles(_folder.PathOf("data/snapshots")).Length, 1, 20);
    }

    private static byte[] Garbled(string good, Random random)
    {
        var arguments = JsonNode.Parse(good)!.AsObject();
        for (var damage = random.Next(3); damage > 0; damage--) Garble.Once(arguments, random);
        var bytes = Encoding.UTF8.GetBytes(arguments.ToJsonString());
        if (random.Next(4) == 0) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private async Task<EdgeVisionProcess> StartAsync(Simulated hub)
    {
        var environment = hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value);
        environment["EDGEVISION__IOTHUB__PORT"] = $"{hub.Simulator.Port}";
        environment["EDGEVISION__MQTT__EMBEDDEDPORT"] = "0";
        environment["EDGEVISION__STATUSLIGHT__LINE"] = "gpiochip77/1";
        environment["EDGEVISION__CAMERAS__GATE__URI"] = "rtsp://operator:hunter2@127.0.0.1:9/stream";
        var node = EdgeVisionProcess.StartWith(environment, "run", "--camera", "door=test:pattern?width=640&height=480&fps=20", "--data", _folder.PathOf("data"));
        await node.LineAsync("Connected to localhost", error: true);
        return node;
    }

    private static async Task<JsonNode> CallAsync(Simulated hub, string name, int status, string arguments = "{}")
    {
        var (_, body) = await hub.PostAsync($"method/{Simulated.ClientId}/{name}", arguments);
        Assert.True((int)body!["status"]! == status, body.ToJsonString());
        return body["payload"]!;
    }

    private static async Task<JsonNode> UntilAsync(Simulated hub, Func<JsonNode, bool> isThere)
    {
        JsonNode? last = null;
        await UntilAsync(async () => (await hub.PostAsync($"method/{Simulated.ClientId}/getStatus?timeout=5")).Body is { } body && (int)body["status"]! == 200 && isThere(last = body["payload"]!));
        return last!;
    }

    private static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), "It never happened.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
