using EdgeVision.Azure.Hub;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Module.Display;
using EdgeVision.Mqtt;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace EdgeVision.IntegrationTests.Module;

public sealed class DisplayTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Telemetry _telemetry = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-display-");
    private readonly Outbox _outbox;
    private readonly NodeFacts _facts;

    public DisplayTests()
    {
        var node = new NodeIdentity("press-4", "edgevision", "x", static () => true);
        _outbox = Outbox.Open(_folder.FullName, OptionsReader.Defaults(OutboxOptions.Read), node, ["mqtt"], TimeProvider.System, NullLogger.Instance);
        var mqtt = OptionsReader.Defaults(MqttOptions.Read).AtLoopback(1884);
        _facts = new NodeFacts("press-4", () => new ModelIdentity("tiny", "1.0", "0", ["person", "[odd] label"]), mqtt, new EventTopics(mqtt.TopicPrefix, "press-4"), _outbox, embedded: true);
        var camera = _telemetry.Camera("door");
        camera.Runs();
        camera.CountDetections([new(0, 0.91f, default), new(0, 0.42f, default), new(1, 0.5f, new Box(1, 1, 2, 2))]);
        camera.CountInferred(new DetectionTimings(TimeSpan.FromMilliseconds(0.3), TimeSpan.FromMilliseconds(22), TimeSpan.FromMilliseconds(0.1)), 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _outbox.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void A_line_says_what_a_camera_does_and_sees()
    {
        var line = Assert.Single(new PlainLines(_telemetry, _facts, _time).Next());

        Assert.StartsWith("door: runs, – fps, 1 frames, 0 dropped, 0 paced, 0 still, 0 gated, 0 skipped, infer 22", line, StringComparison.Ordinal);
        Assert.EndsWith("outbox 0, published 0, sees person ×2 91 %, [odd] label 50 %", line, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_shows_the_same_and_the_command_that_shows_the_events()
    {
        using var tail = new LogTail(2, LogLevel.Information, _time);
        foreach (var line in (string[])["one", "two [x]", "three"])
        {
#pragma warning disable CA2254 // The text is the test's.
            tail.CreateLogger("x").LogInformation(line);
#pragma warning restore CA2254
        }

        var text = Show(new LiveTable(_telemetry, _facts, tail, _time), 160, 50);

        foreach (var part in (string[])["press-4", "tiny", "door", "person ×2 91 %, [odd] label 50 %", "127.0.0.1:1884 (embedded)", "mosquitto_sub -h 127.0.0.1 -p 1884 -t 'edgevision/press-4/#' -v", "two [x]", "three"])
            Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.DoesNotContain("one\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_in_which_nothing_moved_have_a_column_once_there_are_some()
    {
        using var tail = new LogTail(2, LogLevel.Information, _time);
        var table = new LiveTable(_telemetry, _facts, tail, _time);
        Assert.DoesNotContain("still", Show(table, 160, 50), StringComparison.Ordinal);

        for (var i = 0; i < 1234; i++) _telemetry.Camera("door").CountStill();

        Assert.Contains("still", Show(table, 160, 50), StringComparison.Ordinal);
        Assert.Contains("1,234", Show(table, 160, 50), StringComparison.Ordinal);
        Assert.Contains(", 1234 still, ", Assert.Single(new PlainLines(_telemetry, _facts, _time).Next()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_line_says_the_average_so_far()
    {
        _telemetry.Camera("door").CountInferred(default, _time.TimestampFrequency / 4);

        Assert.StartsWith("door: runs, 4.0 fps, 2 frames", Assert.Single(new PlainLines(_telemetry, _facts, _time).Next()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_camera_is_shown_as_lost_until_its_next_attempt_and_sees_nothing()
    {
        using var tail = new LogTail(2, LogLevel.Information, _time);
        var table = new LiveTable(_telemetry, _facts, tail, _time);
        _telemetry.Camera("door").Lost(TimeSpan.FromSeconds(3), _time);

        foreach (var text in (string[])[Show(table, 160, 50), Assert.Single(new PlainLines(_telemetry, _facts, _time).Next())])
        {
            Assert.Contains("lost, retry in 3 s", text, StringComparison.Ordinal);
            Assert.DoesNotContain("person", text, StringComparison.Ordinal);
        }

        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Contains("lost, retry in 2 s", Show(table, 160, 50), StringComparison.Ordinal);
        _telemetry.Camera("door").Ended();
        Assert.Contains("ended", Show(table, 160, 50), StringComparison.Ordinal);
    }

    [Fact]
    public void A_camera_whose_gate_is_closed_says_so_and_sees_nothing()
    {
        using var tail = new LogTail(2, LogLevel.Information, _time);
        var table = new LiveTable(_telemetry, _facts, tail, _time);
        _telemetry.Camera("door").MeetGate(isClosed: true);

        foreach (var text in (string[])[Show(table, 160, 50), Assert.Single(new PlainLines(_telemetry, _facts, _time).Next())])
        {
            Assert.Contains("gate closed", text, StringComparison.Ordinal);
            Assert.DoesNotContain("person", text, StringComparison.Ordinal);
        }

        Assert.Contains("1 gated", Assert.Single(new PlainLines(_telemetry, _facts, _time).Next()), StringComparison.Ordinal);
        _telemetry.Camera("door").MeetGate(isClosed: false);
        Assert.Contains("person", Show(table, 160, 50), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_has_a_line_of_its_own_and_the_longest_wait_is_told()
    {
        await using var outbox = Outbox.Open(_folder.CreateSubdirectory("two").FullName, OptionsReader.Defaults(OutboxOptions.Read), new NodeIdentity("press-4", "edgevision", "x", static () => true), ["mqtt", "iothub"], TimeProvider.System, NullLogger.Instance);
        await outbox.AppendAsync(new SystemEvent { Kind = SystemEventKind.Started, Time = _time.GetUtcNow(), Message = "Started." }, TestContext.Current.CancellationToken);
        outbox.Cursor("mqtt").Advance(outbox.LastSequence);
        _telemetry.Sink("mqtt").CountAccepted(1);
        _telemetry.Sink("iothub").CountRetry();
        var link = new HubLinkStatus(HubLinkState.Waiting, "The cable is out.", _time.GetUtcNow(), _time.GetUtcNow().AddSeconds(12), 0);
        var mqtt = OptionsReader.Defaults(MqttOptions.Read).AtLoopback(1884);
        var facts = new NodeFacts("press-4", () => _facts.Model, mqtt, new EventTopics(mqtt.TopicPrefix, "press-4"), outbox, embedded: true, new HubFacts("gateway-7", () => link));
        using var tail = new LogTail(2, LogLevel.Information, _time);

        var lines = Show(new LiveTable(_telemetry, facts, tail, _time), 160, 50).Split('\n');
        Assert.Contains(lines, l => l.Contains("MQTT 127.0.0.1:1884 (embedded)   published 1   outbox 0", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("Hub  gateway-7 away, retry in 12 s   published 0   outbox 1   retries 1", StringComparison.Ordinal));
        Assert.Contains("outbox 1, published 1, hub away, retry in 12 s, published there 0, sees", Assert.Single(new PlainLines(_telemetry, facts, _time).Next()), StringComparison.Ordinal);

        link = link with { State = HubLinkState.Connected };
        Assert.Contains("gateway-7 connected", Show(new LiveTable(_telemetry, facts, tail, _time), 160, 50), StringComparison.Ordinal);
        Assert.DoesNotContain("Hub", Show(new LiveTable(_telemetry, _facts, tail, _time), 160, 50), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, 12, 1)]
    [InlineData(60, 12, 20)]
    [InlineData(40, 8, 2)]
    [InlineData(80, 24, 2)]
    [InlineData(30, 6, 1)]
    public void On_a_small_terminal_the_cameras_stay_and_nothing_wraps(int width, int height, int cameras)
    {
        for (var i = 1; i < cameras; i++) _telemetry.Camera($"camera-{i}").Runs();
        using var tail = new LogTail(5, LogLevel.Information, _time);
        for (var i = 0; i < 5; i++) LogLong(tail.CreateLogger("x"));

        var lines = Show(new LiveTable(_telemetry, _facts, tail, _time), width, height).TrimEnd('\n').Split('\n');

        Assert.InRange(lines.Length, 5, height - 1);
        Assert.All(lines, l => Assert.InRange(l.TrimEnd().GetCellWidth(), 0, width));
        Assert.Contains(lines, l => l.Contains(cameras == 1 ? "door" : "camera-1", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("runs", StringComparison.Ordinal));
        if (cameras < height - 8) Assert.Contains(lines, l => l.Contains("MQTT", StringComparison.Ordinal));
    }

    [Fact]
    public void A_rate_is_that_of_the_last_seconds()
    {
        var rate = new RateMeter(_time);
        Assert.Null(rate.Look(0));
        for (var i = 1; i <= 20; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            rate.Look(i * 5);
        }

        _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.InRange(rate.Look(105)!.Value, 19.9, 20.1);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.InRange(rate.Look(105)!.Value, 0, 0.1);
    }

    [Fact]
    public void A_rate_begins_anew_when_its_counter_does()
    {
        var rate = new RateMeter(_time);
        rate.Look(1000);
        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Null(rate.Look(12));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(5, rate.Look(17)!.Value, 3);
    }

    private static string Show(LiveTable table, int width, int height)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        (console.Profile.Width, console.Profile.Height) = (width, height);
        console.Write(table.Render(width, height));
        return text.ToString();
    }

#pragma warning disable CA1848 // Not hot.
    private static void LogLong(ILogger log) => log.LogInformation("Camera door skipped 4 frames: '/srv/pictures/one.jpg' is text, expected a JPEG or PNG picture; and 3 more.");
#pragma warning restore CA1848
}
