using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>A whole node as those see it who sit at the local broker.</summary>
public sealed class LocalDeskTests : IDisposable
{
    private readonly TempFolder _folder = new();

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
        var answer = (await consumer.TakeUntilAsync(m => m.Topic == "edgevision/press-4/cmd/pauseCamera/result"))[^1];
        Assert.Equal("""{"command":"pauseCamera","status":200,"answer":{"camera":"door","state":"paused","changed":true}}""", answer.Payload);
        var paused = await StateAsync(consumer, "door", s => (string?)s["state"] == "paused");
        Assert.Empty(paused["counts"]!.AsObject());
        ChildProcess.Run("mosquitto_pub", "-p", $"{broker.Port}", "-q", "1", "-t", "edgevision/press-4/cmd/resumeCamera", "-m", """{"camera":"door"}""");
        await StateAsync(consumer, "door", s => (string?)s["state"] == "running");

        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
        var last = (await consumer.TakeUntilAsync(m => m.Topic == "edgevision/press-4/status"))[^1];
        Assert.Equal("offline", last.Payload);
    }

    [Fact]
    public async Task Home_assistant_is_told_of_cameras_and_shown_the_newest_snapshot()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "#");
        var environment = new Dictionary<string, string>
        {
            ["EDGEVISION__NODE"] = "press-4",
            ["EDGEVISION__MQTT__COMMANDS"] = "true",
            ["EDGEVISION__HOMEASSISTANT__ENABLED"] = "true",
            ["EDGEVISION__HOMEASSISTANT__SNAPSHOT"] = "true",
            ["EDGEVISION__HOMEASSISTANT__COUNTS__0"] = "unicorn",
        };
        await using var node = EdgeVisionProcess.StartWith(
            environment, "run", "--camera", "door=test:pattern?width=64&height=48&fps=10", "--mqtt", $"127.0.0.1:{broker.Port}", "--data", _folder.PathOf("data"));

        var announced = (await consumer.TakeUntilAsync(m => m.Topic.EndsWith("/door__pause/config", StringComparison.Ordinal)))[^1];
        Assert.StartsWith("homeassistant/switch/press-4__edgevision/", announced.Topic, StringComparison.Ordinal);
        await StateAsync(consumer, "door", s => (string?)s["state"] == "running");
        ChildProcess.Run("mosquitto_pub", "-p", $"{broker.Port}", "-q", "1", "-t", "edgevision/press-4/cmd/snapshot", "-m", """{"camera":"door"}""");
        await consumer.TakeUntilAsync(m => m.Topic == "edgevision/press-4/door/snapshot");
        await node.LineAsync("unicorn", error: true);
    }

    private static async Task<JsonNode> StateAsync(MosquittoSub consumer, string camera, Func<JsonNode, bool> wanted)
    {
        var seen = await consumer.TakeUntilAsync(m => m.Topic == $"edgevision/press-4/{camera}/state" && wanted(JsonNode.Parse(m.Payload)!));
        return JsonNode.Parse(seen[^1].Payload)!;
    }
}
