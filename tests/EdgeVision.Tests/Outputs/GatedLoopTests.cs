using System.Diagnostics.CodeAnalysis;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Outputs;
using EdgeVision.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Outputs;

/// <summary>The camera loop's two doors to the machine around it.</summary>
public sealed class GatedLoopTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(Some.Moment);
    private readonly FramePool _pool = new();
    private readonly CameraTelemetry _telemetry = new("door");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-gate-");
    private readonly Outbox _outbox;
    private int _decoded;

    public GatedLoopTests() =>
        _outbox = Outbox.Open(_folder.FullName, OptionsReader.Defaults(OutboxOptions.Read), Some.Node, ["test"], TimeProvider.System, NullLogger.Instance);

    public async ValueTask DisposeAsync()
    {
        await _outbox.DisposeAsync();
        _folder.Delete(recursive: true);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task Frames_at_a_closed_gate_are_counted_and_not_even_decoded_and_detection_begins_when_it_opens()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 4, pixels: PixelFormat.Jpeg);
        using var detector = new ScriptedDetector((_, found) => See(found));
        using var line = new Door();
        using var gate = new Gate("GPIO4", () => line, openWhenFailing: true, _time, NullLogger.Instance);
        var running = Run(source, detector, gate, seen: null);

        for (var closed = 1; closed <= 2; closed++)
        {
            source.Allow();
            await Until(() => _telemetry.Gated == closed);
            _time.Advance(TimeSpan.FromMilliseconds(40));
        }

        Assert.Equal((0, true, CameraCondition.Runs), (_decoded, _telemetry.IsGateClosed, _telemetry.Condition));
        line.IsOpen = true;
        source.Allow();
        await detector.AskedAsync();
        Assert.False(_telemetry.IsGateClosed);
        line.IsOpen = false;
        _time.Advance(TimeSpan.FromMilliseconds(40));
        source.Allow(2);
        await running;

        Assert.Equal([3], detector.Seen);
        Assert.Equal((1, 3, 0, 4), (_decoded, _telemetry.Gated, _telemetry.Skipped, _telemetry.Taken));
    }

    [Fact]
    public async Task Whoever_watches_is_told_what_counts_of_each_frame_with_its_capture_time()
    {
        var start = _time.GetTimestamp();
        using var source = new ScriptedSource(_pool, _time, frames: 2);
        using var detector = new ScriptedDetector((sequence, found) => sequence == 1 ? See(found, Some.Detection(0), Some.Detection(2)) : See(found));
        var told = new List<(string Classes, double At)>();
        var running = Run(source, detector, gate: null, (detections, timestamp) =>
        {
            told.Add((string.Join(',', detections.ToArray().Select(d => d.ClassId)), _time.GetElapsedTime(start, timestamp).TotalMilliseconds));
        }, """{ "Uri": "x", "Classes": ["car"] }""");

        source.Allow();
        await detector.AskedAsync();
        _time.Advance(TimeSpan.FromMilliseconds(40));
        source.Allow(2);
        await running;

        Assert.Equal([("2", 0.0), ("", 40.0)], told);
    }

    private Task<bool> Run(IFrameSource source, IDetector detector, Gate? gate, DetectionObserver? seen, string json = """{ "Uri": "x" }""")
    {
        var (options, mistakes) = Wanted.Read(json, o => CameraOptions.Read(o, _ => null));
        Assert.Empty(mistakes);
        return new CameraLoop("door", options, source, Decode, detector, new CameraLife("door", _time), _outbox, _telemetry, _time, NullLogger.Instance) { Gate = () => gate, Seen = seen }
            .RunAsync(TestContext.Current.CancellationToken);
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
        var deadline = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(30), "It never happened.");
            await Task.Yield();
        }
    }

    private sealed class Door : IInputLine
    {
        private volatile bool _isOpen;

        public bool IsOpen
        {
            set => _isOpen = value;
        }

        public bool Read() => _isOpen;

        public void Dispose()
        {
        }
    }
}
