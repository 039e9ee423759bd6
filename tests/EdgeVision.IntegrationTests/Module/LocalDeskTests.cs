using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>A whole node as those see it who sit at the local broker.</summary>
public sealed class LocalDeskTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<Received> _seen = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_camera_s_state_stands_at_the_broker_and_commands_change_it()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/press-4/#");
        var environment = new Dictionary<string, string>
        {
            ["EDGEVISION__NODE"] = "press-4",
            ["EDGEVISION__MQTT__COMMANDS"] = "true",
            ["EDGEVISION__CAMERAS__away__URI"] = "rtsp://operator@127.0.0.1:9/stream",
        };
        await using var node = EdgeVisionProcess.StartWith(
            environment, "run", "--camera", "door=test:pattern?width=64&height=48&fps=10", "--mqtt", $"127.0.0.1:{broker.Port}", "--data", _folder.PathOf("data"));

        await StateAsync(consumer, "door", s => (string?)s["state"] == "running" && (bool)s["healthy"]!);
        var lost = await StateAsync(consumer, "away", s => (string?)s["state"] == "lost");
        Assert.False((bool)lost["healthy"]!);
        Assert.NotEqual("", (string?)lost["reason"]);

        ChildProcess.Run("mosquitto_pub", "-p", $"{broker.Port}", "-q", "1", "-t", "edgevision/press-4/cmd/pauseCamera", "-m", """{"camera":"door"}""");
        var answer = await SeenAsync(consumer, "edgevision/press-4/cmd/pauseCamera/result");
        Assert.Equal("""{"command":"pauseCamera","status":200,"answer":{"camera":"door","state":"paused","changed":true}}""", answer.Payload);
        var paused = await StateAsync(consumer, "door", s => (string?)s["state"] == "paused");
        Assert.Empty(paused["counts"]!.AsObject());
        ChildProcess.Run("mosquitto_pub", "-p", $"{broker.Port}", "-q", "1", "-t", "edgevision/press-4/cmd/resumeCamera", "-m", """{"camera":"door"}""");
        await StateAsync(consumer, "door", s => (string?)s["state"] == "running");

        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
        await SeenAsync(consumer, "edgevision/press-4/status", m => m.Payload == "offline");
    }

    [Fact]
    public async Task Home_assistant_is_told_of_cameras_and_shown_the_newest_snapshot()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "#");
        var config = _folder.PathOf("node.json");
        await File.WriteAllTextAsync(config, $$$"""
            {"EdgeVision":{"Node":"press-4","Mqtt":{"Host":"127.0.0.1","Port":{{{broker.Port}}},"Commands":true},"HomeAssistant":{"Enabled":true,"Snapshot":true,"Counts":["unicorn"]},
             "Cameras":{"door":{"Uri":"test:pattern?width=64&height=48&fps=10"}
            } } }
            """, TestContext.Current.CancellationToken);
        await using var node = EdgeVisionProcess.StartWith(new Dictionary<string, string>(), "run", "--config", config, "--data", _folder.PathOf("data"));

        await SeenAsync(consumer, "homeassistant/switch/press-4__edgevision/door__pause/config");
        await StateAsync(consumer, "door", s => (string?)s["state"] == "running");
        ChildProcess.Run("mosquitto_pub", "-p", $"{broker.Port}", "-q", "1", "-t", "edgevision/press-4/cmd/snapshot", "-m", """{"camera":"door"}""");
        await SeenAsync(consumer, "edgevision/press-4/door/snapshot");
        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
        Assert.Contains("'unicorn' is not a label of model 'nanodet-g-416'", node.Stderr, StringComparison.Ordinal);
    }

    private async Task<JsonNode> StateAsync(MosquittoSub consumer, string camera, Func<JsonNode, bool> wanted) =>
        JsonNode.Parse((await SeenAsync(consumer, $"edgevision/press-4/{camera}/state", m => wanted(JsonNode.Parse(m.Payload)!))).Payload)!;

    /// <summary>The newest of the topic, if it is the wanted one already, or the next that is.</summary>
    private async Task<Received> SeenAsync(MosquittoSub consumer, string topic, Func<Received, bool>? wanted = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (_seen.FindLast(m => m.Topic == topic) is not { } newest || wanted?.Invoke(newest) == false)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), $"{topic}: {_seen.FindLast(m => m.Topic == topic)}");
            _seen.Add(await consumer.NextAsync(TimeSpan.FromSeconds(30)));
        }

        return _seen.FindLast(m => m.Topic == topic)!;
    }
}
