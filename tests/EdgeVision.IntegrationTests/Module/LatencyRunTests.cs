using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Module.Commands;
using EdgeVision.Outputs;
using EdgeVision.Triggers;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>What is measured and how it is told, with a line and a camera of paper: no figure here is of hardware.</summary>
public sealed class LatencyRunTests
{
    private readonly FramePool _pool = new();
    private readonly BlockingCollection<TriggerEdge> _edges = [];
    private readonly SemaphoreSlim _answered = new(1);
    private readonly StringWriter _said = new();

    [Fact]
    public async Task Each_pulse_is_measured_step_by_step_and_the_run_ends_after_as_many_as_were_asked_for()
    {
        var lamp = new Lamp();
        var report = new LatencyReport(_said);
        await RunAsync(new PulsingCamera(_pool, _edges, _answered), lamp, new Seer(DetectionStatus.Ok), pulses: 3, report);
        report.Summarise();

        var json = Json(report);
        Assert.Equal((3, 0), (json.GetProperty("frames").GetInt32(), json.GetProperty("explanations").GetInt32()));
        var (exposure, taken, detected, written) = (P50(json, "edgeToExposureMs"), P50(json, "edgeToFrameMs"), P50(json, "edgeToDetectionMs"), P50(json, "edgeToOutputMs"));
        Assert.True(exposure >= 0 && taken >= exposure && detected >= taken && written >= detected, $"{exposure} {taken} {detected} {written}");
        Assert.Equal([true, false, true, false, true, false], lamp.Written);
        Assert.Contains("3 frames, 0 explanations", _said.ToString(), StringComparison.Ordinal);
        Assert.Contains("edge→output     p50 ", _said.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task Without_an_output_line_there_is_no_figure_of_it()
    {
        var report = new LatencyReport(_said);
        await RunAsync(new PulsingCamera(_pool, _edges, _answered), lamp: null, new Seer(DetectionStatus.Ok), pulses: 1, report);

        Assert.Equal(JsonValueKind.Null, Json(report).GetProperty("edgeToOutputMs").GetProperty("p50").ValueKind);
    }

    [Fact]
    public async Task A_frame_that_could_not_be_used_is_an_explanation()
    {
        var report = new LatencyReport(_said);
        await RunAsync(new PulsingCamera(_pool, _edges, _answered), lamp: null, new Seer(DetectionStatus.Failed), pulses: 1, report);

        Assert.Equal("Pulse 1: The detector answered Failed.", _said.ToString().Trim());
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task A_line_that_fails_ends_the_run_with_its_sentence()
    {
        using var camera = new PulsingCamera(_pool, _edges, _answered);
        var run = new LatencyRun(camera, () => throw new CaptureException("No such chip."), new Seer(DetectionStatus.Ok), NoJpeg, null, _pool, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<CaptureException>(() => run.RunAsync(1, _ => { }, _ => { }, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal("No such chip.", failure.Message);
        Assert.Equal(0, _pool.Rented);
    }

    private async Task RunAsync(PulsingCamera camera, Lamp? lamp, IDetector detector, long pulses, LatencyReport report)
    {
        var run = new LatencyRun(camera, () => new Line(_edges), detector, NoJpeg, lamp, _pool, TimeProvider.System);
        await run.RunAsync(pulses, s => Next(() => report.Add(s)), s => Next(() => report.AddUnanswered(s)), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private void Next(Action report)
    {
        report();
        _answered.Release();
    }

    private static bool NoJpeg(Frame frame, float leastScale, [NotNullWhen(false)] out string? reason) => throw new InvalidOperationException("Raw frames are not decoded.");

    private static JsonElement Json(LatencyReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream)) report.WriteTo(json);
        return JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).RootElement;
    }

    private static double P50(JsonElement json, string name) => json.GetProperty(name).GetProperty("p50").GetDouble();

    /// <summary>Pulses once the last pulse is answered. Each of its frames begins as it is read.</summary>
    private sealed class PulsingCamera(FramePool pool, BlockingCollection<TriggerEdge> edges, SemaphoreSlim answered) : IFrameSource
    {
        private long _frames, _pulses;

        public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
        {
            stopping.ThrowIfCancellationRequested();
            // The first frame shows that the camera runs, before anything pulses.
            if (++_frames > 1 && answered.Wait(0, stopping)) edges.Add(new TriggerEdge(++_pulses, TimeProvider.System.GetTimestamp()), stopping);
            Thread.Yield();
            var format = FrameFormat.Packed(PixelFormat.Grey8, 8, 8);
            frame = new Frame(pool.Rent(64), format, 64, _frames, TimeProvider.System.GetUtcNow(), TimeProvider.System.GetTimestamp()) { Stamp = FrameStamp.StartOfExposure };
            return true;
        }

        public void Dispose()
        {
        }
    }

    private sealed class Line(BlockingCollection<TriggerEdge> edges) : ITriggerSource
    {
        public TriggerEdge Read(CancellationToken stopping) => edges.Take(stopping);

        public void Dispose()
        {
        }
    }

    private sealed class Lamp : IOutputLine
    {
        public List<bool> Written { get; } = [];

        public void Write(bool active) => Written.Add(active);

        public void Dispose()
        {
        }
    }

    private sealed class Seer(DetectionStatus status) : IDetector
    {
        public ModelIdentity Model { get; } = new("none", "1", new string('0', 64), ["thing"]);

        public float LeastScale(int width, int height) => 1;

        public ValueTask<DetectionStatus> DetectAsync(Frame frame, DetectionList detections, CancellationToken stopping) => ValueTask.FromResult(status);

        public void Dispose()
        {
        }
    }
}
