using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Tests.Doubles;
using EdgeVision.Triggers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Triggers;

/// <summary>From the pulse to its event, through the mailbox, the detector and the outbox.</summary>
public sealed class TriggeredLoopTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(Some.Moment);
    private readonly FramePool _pool = new(retained: 32);
    private readonly CameraTelemetry _telemetry = new("door");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-triggered-");
    private readonly Outbox _outbox;
    private readonly CameraLife _life;
    private readonly ScriptedTrigger _line = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly long _start;
    private readonly CameraTrigger _trigger;
    private readonly Task _reading;

    public TriggeredLoopTests()
    {
        _start = _time.GetTimestamp();
        _outbox = Outbox.Open(_folder.FullName, OptionsReader.Defaults(OutboxOptions.Read), Some.Node, ["test"], TimeProvider.System, NullLogger.Instance);
        _life = new CameraLife("door", _time);
        var setting = new TriggerSetting("door", "eye", "gpiochip0/4", new TriggerRule(TriggerMatching.Next, TimeSpan.Zero, 1, TimeSpan.FromSeconds(1)), ExposureOffset: null, Queue: 2);
        _trigger = new CameraTrigger(setting, () => _line, strobe: null, events => _outbox.AppendAsync(events, CancellationToken.None).AsTask(), _telemetry.Triggers, _time, NullLogger.Instance);
        _reading = _trigger.ReadAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ContinueWith(static _ => { }, TaskScheduler.Default);
        await _trigger.DisposeAsync();
        await _outbox.DisposeAsync();
        _stop.Dispose();
        _folder.Delete(recursive: true);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task A_pulse_gives_one_event_with_what_its_frame_shows_and_no_frame_event_beside_it()
    {
        var camera = new ScriptedCamera(_pool, _time);
        using var detector = new ScriptedDetector((_, found) => See(found, Some.Detection(2)));
        var running = RunAsync(camera, detector);
        camera.Frame(Units(0));
        await camera.AskedAsync(2);
        await PulseAsync(1, 10);
        camera.Frame(Units(40));
        await detector.AskedAsync();
        camera.End();
        await running;

        var told = Assert.Single(await EventsAsync(1));
        var data = told.GetProperty("data");
        Assert.Equal(("io.edgevision.rule.v1", "info"), (told.GetProperty("type").GetString(), told.GetProperty("severity").GetString()));
        Assert.Equal(("trigger", "eye", "gpiochip0/4", 1, "matched"),
            (data.GetProperty("kind").GetString(), data.GetProperty("trigger").GetString(), data.GetProperty("line").GetString(), data.GetProperty("edge").GetInt64(), data.GetProperty("outcome").GetString()));
        Assert.Equal((30, "exposureStart", 2, "car"),
            (data.GetProperty("differenceMs").GetDouble(), data.GetProperty("instant").GetString(), data.GetProperty("frame").GetInt64(), data.GetProperty("objects")[0].GetProperty("label").GetString()));
        Assert.Equal((1, 1), (_telemetry.Triggers.Of(TriggerOutcome.Matched), _telemetry.Triggers.Difference.Count));
        Assert.Equal([2], detector.Seen);
    }

    [Fact]
    public async Task Neither_the_rate_cap_nor_a_still_picture_takes_a_pulse_its_frame()
    {
        const int Pulses = 4;
        var camera = new ScriptedCamera(_pool, _time);
        using var detector = new ScriptedDetector((_, found) => See(found));
        var running = RunAsync(camera, detector);     // 1 frame a second at most, and a gate for motion
        camera.Frame(Units(0));
        await camera.AskedAsync(2);
        for (var i = 1; i <= Pulses; i++)
        {
            await PulseAsync(i, (i * 40) - 30);
            camera.Frame(Units(i * 40));
            await detector.AskedAsync();
        }

        camera.End();
        await running;

        Assert.Equal(Pulses, (await EventsAsync(Pulses)).Count(e => e.GetProperty("data").GetProperty("outcome").GetString() == "matched"));
    }

    [Theory]
    [InlineData(DetectionStatus.Failed, "Its frame was taken but not used: the model failed on it.")]
    [InlineData(DetectionStatus.Unavailable, "Its frame was taken but not used: no detector is available.")]
    public async Task A_frame_that_could_not_be_used_is_an_explanation(DetectionStatus status, string reason)
    {
        var camera = new ScriptedCamera(_pool, _time);
        using var detector = new ScriptedDetector((_, _) => status);
        var running = RunAsync(camera, detector);
        camera.Frame(Units(0));
        await camera.AskedAsync(2);
        await PulseAsync(1, 10);
        camera.Frame(Units(40));
        await detector.AskedAsync();
        camera.End();
        await running;

        var told = Assert.Single(await EventsAsync(1));
        Assert.Equal("warning", told.GetProperty("severity").GetString());
        Assert.Equal(("failed", reason, 2), (told.GetProperty("data").GetProperty("outcome").GetString(), told.GetProperty("data").GetProperty("reason").GetString(), told.GetProperty("data").GetProperty("frame").GetInt64()));
    }

    [Fact]
    public async Task Frames_of_pulses_that_a_slow_detector_cannot_take_are_told_and_none_vanishes()
    {
        const int Pulses = 12;
        var camera = new ScriptedCamera(_pool, _time);
        using var slow = new SemaphoreSlim(0);
        using var detector = new ScriptedDetector((_, found) =>
        {
            slow.Wait(TestContext.Current.CancellationToken);
            return See(found);
        });
        var running = RunAsync(camera, detector);
        camera.Frame(Units(0));
        await camera.AskedAsync(2);
        for (var i = 1; i <= Pulses; i++)
        {
            await PulseAsync(i, (i * 40) - 30);
            camera.Frame(Units(i * 40));
            await camera.AskedAsync(1);
        }

        slow.Release(Pulses);
        camera.End();
        await running;

        var events = await EventsAsync(Pulses);
        var byOutcome = events.CountBy(e => e.GetProperty("data").GetProperty("outcome").GetString()!).ToDictionary();
        // One in hand (or none yet), two in the queue; all others gave way.
        Assert.InRange(byOutcome["matched"], 2, 3);
        Assert.Equal(Pulses, byOutcome["matched"] + byOutcome["dropped"]);
        Assert.Equal(Enumerable.Range(1, Pulses), events.Select(e => e.GetProperty("data").GetProperty("edge").GetInt32()).Order());
    }

    [Fact]
    public async Task Being_stopped_leaves_no_pulse_without_an_answer()
    {
        var camera = new ScriptedCamera(_pool, _time);
        using var detector = new ScriptedDetector((_, found) =>
        {
            _stop.Cancel();
            _stop.Token.ThrowIfCancellationRequested();
            return See(found);
        });
        var running = RunAsync(camera, detector);
        camera.Frame(Units(0));
        await camera.AskedAsync(2);
        await PulseAsync(1, 10);
        await PulseAsync(2, 50);
        camera.Frame(Units(40));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await _trigger.DisposeAsync();

        var events = await EventsAsync(2);
        Assert.Equal([(1, "failed"), (2, "noCamera")], events.Select(e => (e.GetProperty("data").GetProperty("edge").GetInt32(), e.GetProperty("data").GetProperty("outcome").GetString()!)).Order());
    }

    [Fact]
    public async Task A_camera_that_comes_back_says_so_with_its_first_frame_and_without_a_pulse()
    {
        _life.Lost("Unplugged.", TimeSpan.FromSeconds(1));
        var camera = new ScriptedCamera(_pool, _time);
        using var detector = new ScriptedDetector((_, found) => See(found));
        var running = RunAsync(camera, detector);
        camera.Frame(Units(0));
        var told = Assert.Single(await EventsAsync(1));
        camera.End();
        await running;

        Assert.Equal("recovered", told.GetProperty("data").GetProperty("state").GetString());
    }

    private async Task<bool> RunAsync(ScriptedCamera camera, IDetector detector)
    {
        var tree = ConfigurationTree.Parse("""{ "EdgeVision": { "Uri": "x", "MaxFps": 1, "Motion": { "Enabled": true } } }"""u8.ToArray(), "test", "/", out _)!;
        var (options, _) = OptionsReading.Read(tree, o => CameraOptions.Read(o, _ => null));
        using var source = new TriggeredSource(camera, _trigger, _pool, _time) { Runs = () => _trigger.Tell(_life.FrameArrived()) };
        var loop = new CameraLoop("door", options, source, NoJpeg, detector, _life, _outbox, _telemetry, _time, NullLogger.Instance)
        {
            Trigger = _trigger,
        };
        return await loop.RunAsync(_stop.Token);
    }

    private static bool NoJpeg(Frame frame, float leastScale, [NotNullWhen(false)] out string? reason) => throw new InvalidOperationException("Raw frames are not decoded.");

    private async Task PulseAsync(int number, int ms)
    {
        _line.Pulse(number, Units(ms));
        await _line.AskedAsync(number == 1 ? 2 : 1);
    }

    private async Task<List<JsonElement>> EventsAsync(int count)
    {
        var events = new List<JsonElement>();
        while (events.Count < count)
        {
            var batch = await _outbox.Cursor("test").ReadAsync(100, 1 << 20, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            events.AddRange(batch.Select(e => JsonDocument.Parse(e.Body).RootElement));
            _outbox.Cursor("test").Advance(batch[^1].Sequence);
        }

        return events;
    }

    private static DetectionStatus See(DetectionList found, params ReadOnlySpan<Detection> detections)
    {
        foreach (var detection in detections) found.Add(detection);
        return DetectionStatus.Ok;
    }

    private long Units(int ms) => _start + (ms * _time.TimestampFrequency / 1000);
}
