using System.Diagnostics.CodeAnalysis;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Outputs;
using EdgeVision.Tests.Doubles;
using EdgeVision.Tests.Outputs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests;

public sealed class CameraRequestsTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(Some.Moment);
    private readonly FramePool _pool = new();
    private readonly CameraTelemetry _telemetry = new("door");
    private readonly CameraRequests _requests = new("door");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-requests-");
    private readonly Outbox _outbox;
    private int _decoded;

    public CameraRequestsTests() =>
        _outbox = Outbox.Open(_folder.FullName, OptionsReader.Defaults(OutboxOptions.Read), Some.Node, ["test"], TimeProvider.System, NullLogger.Instance);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _outbox.DisposeAsync();
        _folder.Delete(recursive: true);
        Assert.Equal((0, 0), (_pool.Rented, _requests.Rented));
    }

    [Fact]
    public async Task A_paused_camera_s_frames_are_counted_as_gated_and_not_even_decoded_until_it_is_resumed()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 3, pixels: PixelFormat.Jpeg);
        using var detector = new ScriptedDetector((_, found) => See(found));
        Assert.True(_requests.Pause());
        Assert.False(_requests.Pause());
        var running = Run(source, detector);

        for (var paused = 1; paused <= 2; paused++)
        {
            source.Allow();
            await Until(() => _telemetry.Gated == paused);
        }

        Assert.Equal((0, true, false, CameraCondition.Runs), (_decoded, _telemetry.IsPaused, _telemetry.IsGateClosed, _telemetry.Condition));
        Assert.True(_requests.Resume());
        Assert.False(_requests.Resume());
        source.Allow(2);
        await running;

        Assert.Equal([3], detector.Seen);
        Assert.Equal((1, 2, 0, false), (_decoded, _telemetry.Gated, _telemetry.Skipped, _telemetry.IsPaused));
    }

    [Theory]
    [InlineData(PixelFormat.Jpeg)]
    [InlineData(PixelFormat.Bgr24)]
    public async Task The_next_frame_is_handed_to_all_who_asked_as_copies_also_of_a_paused_camera(PixelFormat pixels)
    {
        using var source = new ScriptedSource(_pool, _time, frames: 2, pixels: pixels);
        using var detector = new ScriptedDetector((_, found) => See(found));
        _requests.Pause();
        var (first, second) = (_requests.NextFrameAsync(Stop), _requests.NextFrameAsync(Stop));
        var running = Run(source, detector);

        source.Allow();
        using (var one = await first)
        using (var other = await second)
        {
            Assert.Equal((1, 1, pixels), (one.Sequence, other.Sequence, one.Format.Pixels));
            Assert.Equal(2, _requests.Rented);
        }

        source.Allow(2);
        await running;

        Assert.Empty(detector.Seen);
    }

    [Theory]
    [InlineData(PixelFormat.Jpeg)]
    [InlineData(PixelFormat.Bgr24)]
    public async Task A_picture_of_a_camera_with_a_privacy_mask_is_masked(PixelFormat pixels)
    {
        using var camera = new ScriptedSource(_pool, _time, frames: 1, pixels: pixels);
        var (masks, _) = Wanted.Read("""{ "Masks": [{ "Points": "0,0 1,0 1,1 0,1" }] }""", o => o.Sections("Masks", 1, "Of the test.", PrivacyMaskOptions.Read));
        using var source = new MountedSource(camera, FrameOrientation.Upright, new LivePrivacyMask(PrivacyMask.Of(masks)));
        using var detector = new ScriptedDetector((_, found) => See(found));
        _requests.Pause();
        var asked = _requests.NextFrameAsync(Stop);
        camera.Allow(2);
        await Run(source, detector);

        using var picture = await asked;
        if (pixels is PixelFormat.Jpeg) Assert.True(picture.IsSealed);
        else Assert.True(picture.Pixels.IndexOfAnyExcept(picture.Pixels[0]) < 0, "Something is to be seen.");
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_nothing_behind()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 1);
        using var detector = new ScriptedDetector((_, found) => See(found));
        using var impatient = new CancellationTokenSource();
        var (picture, look) = (_requests.NextFrameAsync(impatient.Token), _requests.NextDetectionAsync(impatient.Token));
        Assert.True(_requests.WantsLook);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => picture);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => look);
        Assert.False(_requests.WantsLook);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _requests.NextFrameAsync(impatient.Token));

        source.Allow(2);
        await Run(source, detector);

        Assert.Equal(0, _requests.Rented);
    }

    [Fact]
    public async Task A_look_that_is_asked_for_passes_the_pause_and_the_gate_and_becomes_an_event_that_is_not_due()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 4);
        using var detector = new ScriptedDetector((_, found) => See(found, Some.Detection(0), Some.Detection(2)));
        using var gate = new Gate("GPIO4", static () => new Shut(), openWhenFailing: true, _time, NullLogger.Instance);
        _requests.Pause();
        var running = Run(source, detector, gate);
        source.Allow();
        await Until(() => _telemetry.Gated == 1);

        for (var frame = 2; frame <= 3; frame++)
        {
            var look = _requests.NextDetectionAsync(Stop);
            source.Allow();
            var seen = await look;
            Assert.Equal((frame, 2), ((int)seen.FrameSequence, seen.Objects.Count));
        }

        source.Allow(2);
        await running;

        // The second shows what the first did, within the interval: only because it was asked for there is an event.
        Assert.Equal([2, 3], detector.Seen);
        Assert.Equal((2, 2), (_telemetry.Gated, _telemetry.Events));
        Assert.Equal(2, _outbox.LastSequence);
    }

    [Fact]
    public async Task A_look_that_is_asked_for_needs_no_motion_and_waits_for_a_frame_that_can_be_used()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 4);
        using var detector = new ScriptedDetector((sequence, found) => sequence == 3 ? DetectionStatus.Failed : See(found));
        var running = Run(source, detector, json: """{ "Uri": "x", "Motion": { "Enabled": true, "HoldSeconds": 0, "MaxIdleSeconds": 60 } }""");
        source.Allow();
        await detector.AskedAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        source.Allow();
        await Until(() => _telemetry.Still == 1);

        var look = _requests.NextDetectionAsync(Stop);
        source.Allow();
        await Until(() => _telemetry.Skipped == 1);
        Assert.False(look.IsCompleted);
        source.Allow(2);

        Assert.Equal(4, (await look).FrameSequence);
        await running;
    }

    [Fact]
    public void A_frame_costs_nothing_while_nobody_asks()
    {
        var format = FrameFormat.Packed(PixelFormat.Grey8, 8, 8);
        using var frame = new Frame(_pool.Rent(64), format, 64, 1, _time.GetUtcNow(), 0);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                _requests.Show(frame);
                if (_requests.WantsLook || _requests.IsPaused) throw new InvalidOperationException();
            }
        }));
    }

    private Task<bool> Run(IFrameSource source, IDetector detector, Gate? gate = null, string json = """{ "Uri": "x" }""")
    {
        var (options, mistakes) = Wanted.Read(json, o => CameraOptions.Read(o, _ => null));
        Assert.Empty(mistakes);
        return new CameraLoop("door", options, source, Decode, detector, new CameraLife("door", _time), _outbox, _telemetry, _time, NullLogger.Instance) { Gate = () => gate, Requests = _requests }
            .RunAsync(Stop);
    }

    private bool Decode(Frame frame, float leastScale, [NotNullWhen(false)] out string? reason)
    {
        _decoded++;
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

    private static async Task Until(Func<bool> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30), "It never happened.");
            await Task.Yield();
        }
    }

    private sealed class Shut : IInputLine
    {
        public bool Read() => false;

        public void Dispose()
        {
        }
    }
}
