using System.Diagnostics;
using System.Text.Json;
using EdgeVision.DeviceTests.Gpio;
using EdgeVision.DeviceTests.V4l2;
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
        Assert.True(Report().GetProperty("cameras").GetProperty("door").GetProperty("captured").GetInt32() >= 10);
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

        using VividCamera.Unplugged camera = new();
        camera.Unbind();
        var lost = await UntilAsync(sub, static m => m.Topic.EndsWith("/camera", StringComparison.Ordinal));
        Assert.Contains("\"lost\"", lost.Payload);
        Assert.Contains("/dev/video0", lost.Payload);
        camera.Bind();
        var recovered = await UntilAsync(sub, static m => m.Payload.Contains("\"recovered\"", StringComparison.Ordinal));
        Assert.Contains("downMs", recovered.Payload);
        await UntilAsync(sub, static m => m.Topic.EndsWith("/frame", StringComparison.Ordinal));

        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
    }

    [Fact]
    public async Task Two_cameras_run_side_by_side_and_one_that_is_taken_twice_says_so()
    {
        Guest.Require();
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/+/+/events/#");
        await using var node = EdgeVisionProcess.Start(
            "run", "--camera", $"one={Vivid}", "--camera", "right=v4l2:///dev/video1?width=640&height=480", "--camera", $"other={Vivid}", "--mqtt", $"127.0.0.1:{broker.Port}", "--data", _folder.PathOf("data"));
        var (one, right, taken) = (false, false, (string?)null);
        await UntilAsync(sub, message =>
        {
            one |= message.Topic.EndsWith("/one/events/frame", StringComparison.Ordinal) || message.Topic.EndsWith("/other/events/frame", StringComparison.Ordinal);
            right |= message.Topic.EndsWith("/right/events/frame", StringComparison.Ordinal);
            if (message.Topic.EndsWith("/events/camera", StringComparison.Ordinal)) taken = message.Payload;
            return one && right && taken is not null;
        });

        Assert.Contains("is busy: another camera of this node", taken);
        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
    }

    [Fact]
    public async Task Pulses_of_a_photo_eye_become_events_with_their_frame_and_its_time()
    {
        Guest.Require();
        const int line = 5, pulses = 3;
        SimulatedLines.Pull(line, high: false);
        var config = _folder.PathOf("node.json");
        await File.WriteAllTextAsync(config, $$"""
            { "EdgeVision": { "Cameras": { "infeed": { "Uri": "{{Vivid}}", "Trigger": { "Name": "eye", "Line": "{{SimulatedLines.Address(line)}}", "TimeoutMs": 60000 } } } } }
            """, TestContext.Current.CancellationToken);
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/+/infeed/events/rule");
        await using var node = EdgeVisionProcess.Start("run", "--config", config, "--mqtt", $"127.0.0.1:{broker.Port}", "--data", _folder.PathOf("data"), "--report", _folder.PathOf("report.json"));
        await node.LineAsync("Camera infeed runs", error: true);

        var seen = 0;
        for (var pulse = 1; seen < pulses; pulse++)
        {
            SimulatedLines.Change(line, high: true);
            SimulatedLines.Pull(line, high: false);
            using var json = JsonDocument.Parse((await sub.NextAsync(Patience)).Payload);
            var data = json.RootElement.GetProperty("data");
            Assert.Equal(("trigger", "eye", pulse), (data.GetProperty("kind").GetString(), data.GetProperty("trigger").GetString(), data.GetProperty("edge").GetInt32()));
            if (seen == 0 && pulse < 100 && data.GetProperty("outcome").GetString() == "noCamera") continue;     // opened, but its first frame is still to come
            Assert.True(data.TryGetProperty("differenceMs", out var difference) && difference.GetDouble() >= 0 && data.GetProperty("width").GetInt32() == 640, $"{data}\n{node.Stderr}");
            seen++;
        }

        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
        var triggers = Report().GetProperty("cameras").GetProperty("infeed").GetProperty("triggers");
        Assert.Equal(pulses, triggers.GetProperty("matched").GetInt32() + triggers.GetProperty("late").GetInt32());
        Assert.True(triggers.GetProperty("differenceMs").GetProperty("p50").GetDouble() >= 0, $"{triggers}");
    }

    private static async Task<Received> UntilAsync(MosquittoSub sub, Func<Received, bool> isWanted)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var received = await sub.NextAsync(Patience);
            if (isWanted(received)) return received;
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"Only others came, the newest on {received.Topic}: {received.Payload}");
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
