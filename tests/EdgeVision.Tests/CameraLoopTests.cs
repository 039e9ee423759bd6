using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Tests.Delivery;
using EdgeVision.Tests.Doubles;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests;

public sealed class CameraLoopTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(Some.Moment);
    private readonly FramePool _pool = new();
    private readonly CameraTelemetry _telemetry = new("door");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-loop-");
    private readonly Outbox _outbox;
    private readonly CameraLife _life;

    public CameraLoopTests()
    {
        _outbox = Outbox.Open(_folder.FullName, OptionsReader.Defaults(OutboxOptions.Read), Some.Node, ["test"], TimeProvider.System, NullLogger.Instance);
        _life = new CameraLife("door", _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _outbox.DisposeAsync();
        _folder.Delete(recursive: true);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task What_a_frame_shows_becomes_an_event_in_the_outbox()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 1);
        using var detector = new ScriptedDetector((_, found) => See(found, Some.Detection(0), Some.Detection(2)));

        source.Allow(2);
        Assert.True(await Loop(source, detector).RunAsync(TestContext.Current.CancellationToken));

        var data = Assert.Single(await EventsAsync(1)).GetProperty("data");
        Assert.Equal(["person", "car"], data.GetProperty("objects").EnumerateArray().Select(o => o.GetProperty("label").GetString()));
        Assert.Equal((1, 1, 2, 1), (_telemetry.Captured, _telemetry.Inferred, _telemetry.Detections, _telemetry.Events));
    }

    [Fact]
    public async Task Detections_that_do_not_count_are_in_no_event()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 1);
        using var detector = new ScriptedDetector((_, found) => See(found, Some.Detection(0), Some.Detection(2)));

        source.Allow(2);
        await Loop(source, detector, """{ "Uri": "x", "Classes": ["car"] }""").RunAsync(TestContext.Current.CancellationToken);

        var found = Assert.Single(await EventsAsync(1)).GetProperty("data").GetProperty("objects").EnumerateArray();
        Assert.Equal(["car"], found.Select(o => o.GetProperty("label").GetString()));
    }

    [Fact]
    public async Task The_rate_cap_leaves_frames_out_before_they_are_decoded()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 3, pixels: PixelFormat.Jpeg);
        using var detector = new ScriptedDetector((_, found) => See(found));
        var decoded = 0;
        var running = Loop(source, detector, """{ "Uri": "x", "MaxFps": 1 }""", (Frame f, float s, [NotNullWhen(false)] out string? r) =>
        {
            decoded++;
            return Decode(f, s, out r);
        }).RunAsync(TestContext.Current.CancellationToken);

        source.Allow();
        await detector.AskedAsync();
        _time.Advance(TimeSpan.FromMilliseconds(500));
        source.Allow();
        await Until(() => _telemetry.Paced == 1);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        source.Allow(2);
        await running;

        Assert.Equal([1, 3], detector.Seen);
        Assert.Equal((2, 1), (decoded, _telemetry.Paced));
    }

    [Fact]
    public async Task While_nothing_moves_no_frame_reaches_the_detector_and_no_event_is_made_of_that()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 4);
        using var detector = new ScriptedDetector((sequence, found) => sequence == 1 ? See(found, Some.Detection()) : See(found));
        var running = Loop(source, detector, """{ "Uri": "x", "Motion": { "Enabled": true, "HoldSeconds": 0, "MaxIdleSeconds": 60 } }""").RunAsync(TestContext.Current.CancellationToken);

        // One object, then two frames that are not looked at for longer than an event's interval, then the look that is due.
        source.Allow();
        await detector.AskedAsync();
        for (var still = 1; still <= 2; still++)
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            source.Allow();
            await Until(() => _telemetry.Still == still);
        }

        Assert.Equal((1, 1), (_telemetry.Events, _telemetry.Detections));
        _time.Advance(TimeSpan.FromSeconds(20));
        source.Allow(2);
        await running;

        Assert.Equal([1, 4], detector.Seen);
        Assert.Equal([1, 0], (await EventsAsync(2)).Select(e => e.GetProperty("data").GetProperty("objects").GetArrayLength()));
        Assert.Equal((2, 2, 0), (_telemetry.Inferred, _telemetry.Still, _telemetry.Skipped));
    }

    [Fact]
    public async Task A_broken_picture_is_skipped_and_counted_and_the_next_one_is_seen()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 2, pixels: PixelFormat.Jpeg);
        using var detector = new ScriptedDetector((_, found) => See(found));
        var running = Loop(source, detector, decode: (Frame f, float s, [NotNullWhen(false)] out string? r) =>
        {
            r = "cut off";
            return f.Sequence > 1 && Decode(f, s, out r);
        }).RunAsync(TestContext.Current.CancellationToken);

        source.Allow();
        await Until(() => _telemetry.Skipped == 1);
        source.Allow(2);
        await running;

        Assert.Equal([2], detector.Seen);
    }

    [Fact]
    public async Task What_was_skipped_is_told_once_with_the_first_reasons_and_an_earlier_loop_s_skips_are_not_told_again()
    {
        for (var i = 0; i < 3; i++) _telemetry.CountSkipped();     // by the loop before this one: the camera was opened again
        using var source = new ScriptedSource(_pool, _time, frames: 5, pixels: PixelFormat.Jpeg);
        using var detector = new ScriptedDetector((_, found) => See(found));
        var log = new CollectingLogger();
        var running = Loop(source, detector, log: log, decode: (Frame f, float s, [NotNullWhen(false)] out string? r) =>
        {
            r = $"picture {f.Sequence} is cut off";
            return false;
        }).RunAsync(TestContext.Current.CancellationToken);

        for (var i = 1; i <= 5; i++)
        {
            source.Allow();
            var skipped = 3 + i;
            await Until(() => _telemetry.Skipped == skipped);
        }

        source.Allow();
        await running;

        var told = log.Lines.Where(l => l.Id == EventIds.FramesSkipped).Select(l => l.Text).ToList();
        Assert.Equal(
            ["Camera door skipped 1 frames: picture 1 is cut off.", "Camera door skipped 4 frames: picture 2 is cut off; picture 3 is cut off; picture 4 is cut off; and 1 more."],
            told);
    }

    [Fact]
    public async Task A_detector_that_fails_on_a_frame_costs_that_frame_only()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 2);
        using var detector = new ScriptedDetector((sequence, found) => sequence == 1 ? DetectionStatus.Failed : See(found, Some.Detection()));
        var running = Loop(source, detector).RunAsync(TestContext.Current.CancellationToken);

        source.Allow();
        await detector.AskedAsync();
        source.Allow(2);
        await running;

        Assert.Equal((1, 1, 1), (_telemetry.Skipped, _telemetry.Inferred, _telemetry.Events));
    }

    [Fact]
    public async Task The_first_frame_after_a_loss_tells_of_the_recovery_before_anything_else()
    {
        _life.Lost("Unplugged.", TimeSpan.FromSeconds(1));
        using var source = new ScriptedSource(_pool, _time, frames: 1);
        using var detector = new ScriptedDetector((_, found) => See(found));

        source.Allow(2);
        await Loop(source, detector).RunAsync(TestContext.Current.CancellationToken);

        var events = await EventsAsync(2);
        Assert.Equal(["io.edgevision.camera.v1", "io.edgevision.frame.v1"], events.Select(e => e.GetProperty("type").GetString()));
        Assert.Equal("recovered", events[0].GetProperty("data").GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_source_that_fails_rises_to_whoever_runs_the_loop()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 1, new CaptureException("Unplugged."));
        using var detector = new ScriptedDetector((_, found) => See(found));

        source.Allow(2);
        var failure = await Assert.ThrowsAsync<CaptureException>(() => Loop(source, detector).RunAsync(TestContext.Current.CancellationToken));

        Assert.Equal("Unplugged.", failure.Message);
        Assert.Single(detector.Seen);
    }

    [Fact]
    public async Task The_loop_ends_when_it_is_told_not_to_go_on_and_what_it_saw_is_safe()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 100);
        using var detector = new ScriptedDetector((_, found) => See(found, Some.Detection()));

        source.Allow(50);
        Assert.False(await Loop(source, detector, goOn: () => false).RunAsync(TestContext.Current.CancellationToken));

        Assert.Single(detector.Seen);
        Assert.Single(await EventsAsync(1));
    }

    [Fact]
    public async Task New_settings_hold_from_the_next_frame_on_and_what_was_told_stays_told()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 3);
        var settings = Options("""{ "Uri": "x" }""");
        using var detector = new ScriptedDetector((frame, found) =>
        {
            // The second frame: the same but for the rate, which is no reason to report the same counts again. The third: one class only.
            settings = Options(frame == 1 ? """{ "Uri": "x", "MaxFps": 1000 }""" : $$"""{ "Uri": "x", "Classes": ["{{Some.Model.Labels[1]}}"] }""");
            return See(found, Some.Detection(0), Some.Detection(1));
        });
        var running = Loop(source, detector, latest: () => settings).RunAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            source.Allow();
            await detector.AskedAsync();
        }

        source.Allow();
        Assert.True(await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal([2, 1], (await EventsAsync(2)).Select(e => e.GetProperty("data").GetProperty("objects").GetArrayLength()));
        Assert.Equal(2, _outbox.Status.Appended);
    }

    [Fact]
    public async Task Stopping_ends_a_loop_that_waits_for_a_silent_camera()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 1);
        using var detector = new ScriptedDetector((_, found) => See(found));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = Loop(source, detector).RunAsync(stop.Token);

        source.Allow();
        await detector.AskedAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    private CameraLoop Loop(IFrameSource source, IDetector detector, string json = """{ "Uri": "x" }""", FrameDecoder? decode = null, Func<bool>? goOn = null, ILogger? log = null, Func<CameraOptions>? latest = null) =>
        new("door", latest?.Invoke() ?? Options(json), source, decode ?? Decode, detector, _life, _outbox, _telemetry, _time, log ?? NullLogger.Instance) { GoOn = goOn, Latest = latest };

    private static CameraOptions Options(string json)
    {
        var tree = ConfigurationTree.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{ "EdgeVision": {{json}} }"""), "test", "/", out _)!;
        var (options, mistakes) = OptionsReading.Read(tree, o => CameraOptions.Read(o, _ => null));
        Assert.Empty(mistakes);
        return options;
    }

    private bool Decode(Frame frame, float leastScale, [NotNullWhen(false)] out string? reason)
    {
        var format = FrameFormat.Packed(PixelFormat.Bgr24, frame.Width, frame.Height);
        frame.Become(_pool.Rent(format.SizeInBytes), format, frame.Width, frame.Height);
        reason = null;
        return true;
    }

    private static DetectionStatus See(DetectionList found, params ReadOnlySpan<Detection> detections)
    {
        foreach (var detection in detections) found.Add(detection);
        return DetectionStatus.Ok;
    }

    private async Task<List<JsonElement>> EventsAsync(int count)
    {
        var events = new List<JsonElement>();
        while (events.Count < count)
        {
            var batch = await _outbox.Cursor("test").ReadAsync(100, 1 << 20, TestContext.Current.CancellationToken);
            events.AddRange(batch.Select(e => JsonDocument.Parse(e.Body).RootElement));
            _outbox.Cursor("test").Advance(batch[^1].Sequence);
        }

        return events;
    }

    /// <summary>For what the loop counts but does not signal.</summary>
    private static async Task Until(Func<bool> condition)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(30), "It never happened.");
            await Task.Yield();
        }
    }
}
