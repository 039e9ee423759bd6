using System.Text.Json;
using EdgeVision.IntegrationTests;
using EdgeVision.IntegrationTests.Module;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.DeviceTests;

/// <summary>The whole node on real drivers: camera to broker, as its user starts it.</summary>
public sealed class NodeTests : IDisposable
{
    private const string Vivid = "v4l2:///dev/video0?width=640&height=480&fps=25";

    /// <summary>The guest has one processor, and what runs beside it has the others.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly Dictionary<string, string> EveryFrame = new() { ["EDGEVISION__CAMERAS__DOOR__EVENTS__SAMPLING"] = "every" };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Frames_of_a_camera_become_events_at_a_broker()
    {
        Guest.Require();
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/+/door/events/frame");
        await using var node = Start(broker.Port, EveryFrame, $"door={Vivid}", "--frames", "10");
        Assert.Equal(0, await node.ExitAsync());

        for (var i = 0; i < 10; i++)
        {
            var received = await sub.NextAsync(Patience);
            using var json = JsonDocument.Parse(received.Payload);
            var data = json.RootElement.GetProperty("data");
            Assert.Equal((640, 480), (data.GetProperty("width").GetInt32(), data.GetProperty("height").GetInt32()));
        }

        Assert.Equal(10, Report().GetProperty("published").GetProperty("mqtt").GetInt32() - CountOfNodeEvents);
    }

    [Fact]
    public async Task People_of_the_clip_are_found_through_an_mjpeg_camera()
    {
        Guest.Require();
        using var camera = LoopbackCamera.Start();
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var node = Start(broker.Port, EveryFrame, $"door=v4l2://{LoopbackCamera.Device}", "--frames", "20");
        Assert.Equal(0, await node.ExitAsync());
        // The clip shows at least one person in every frame; the bundled model finds one in each of the demo's.
        Assert.True(Report().GetProperty("detections").GetInt32() >= 20, $"{node.Stderr}\n{Report()}");
        Assert.Contains("MJPG", node.Stderr);
    }

    [Fact]
    public async Task A_camera_that_is_unplugged_and_plugged_in_is_lost_and_recovered_without_a_restart()
    {
        Guest.Require();
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/+/door/events/#");
        await using var node = Start(broker.Port, EveryFrame, $"door={Vivid}");
        await UntilAsync(sub, static m => m.Topic.EndsWith("/frame", StringComparison.Ordinal));

        Vivids.Unplug(0);
        var lost = await UntilAsync(sub, static m => m.Topic.EndsWith("/camera", StringComparison.Ordinal));
        Assert.Contains("\"lost\"", lost.Payload);
        Assert.Contains("/dev/video0", lost.Payload);
        Vivids.PlugIn(0);
        var recovered = await UntilAsync(sub, static m => m.Payload.Contains("\"recovered\"", StringComparison.Ordinal));
        Assert.Contains("downMs", recovered.Payload);
        await UntilAsync(sub, static m => m.Topic.EndsWith("/frame", StringComparison.Ordinal));

        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
    }

    [Fact]
    public async Task Two_cameras_run_side_by_side_and_one_that_is_taken_says_by_whom()
    {
        Guest.Require();
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/+/+/events/#");
        await using var node = EdgeVisionProcess.Start(
            "run", "--camera", $"left={Vivid}", "--camera", "right=v4l2:///dev/video1?width=640&height=480", "--camera", $"again={Vivid}", "--mqtt", $"127.0.0.1:{broker.Port}", "--data", _folder.PathOf("data"));
        var (left, right, taken) = (false, false, (string?)null);
        while (!left || !right || taken is null)
        {
            var message = await sub.NextAsync(Patience);
            left |= message.Topic.EndsWith("/left/events/frame", StringComparison.Ordinal);
            right |= message.Topic.EndsWith("/right/events/frame", StringComparison.Ordinal);
            if (message.Payload.Contains("EBUSY", StringComparison.Ordinal)) taken = message.Payload;
        }

        Assert.Contains($"{node.Id}", taken);
        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
    }

    private static async Task<Received> UntilAsync(MosquittoSub sub, Func<Received, bool> isWanted)
    {
        while (true)
        {
            var received = await sub.NextAsync(Patience);
            if (isWanted(received)) return received;
        }
    }

    /// <summary>Started and stopped.</summary>
    private const int CountOfNodeEvents = 2;

    private EdgeVisionProcess Start(int port, Dictionary<string, string> environment, string camera, params string[] more) => EdgeVisionProcess.StartWith(
        environment, ["run", "--camera", camera, "--mqtt", $"127.0.0.1:{port}", "--data", _folder.PathOf("data"), "--report", _folder.PathOf("report.json"), .. more]);

    private JsonElement Report()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(_folder.PathOf("report.json")));
        return json.RootElement.Clone();
    }
}
