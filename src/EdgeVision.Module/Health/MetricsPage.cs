using System.Diagnostics;
using System.Text.Json;
using EdgeVision.Azure.Hub;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Evidence;
using EdgeVision.Fallback;
using EdgeVision.Models;
using EdgeVision.Triggers;

namespace EdgeVision.Module.Health;

/// <summary>Every figure of the node, as Prometheus and IoT Edge's metrics-collector read it. Its labels are those that the runtime's own metrics carry.</summary>
internal sealed class MetricsPage
{
    private readonly Telemetry _telemetry;
    private readonly Outbox _outbox;
    private readonly NodeIdentity _node;
    private readonly Func<ModelIdentity> _model;
    private readonly Func<HubLinkStatus?> _link;
    private readonly HubUsage _usage;
    private readonly string _hub;
    private readonly string _dataFolder;
    private readonly TimeProvider _time;
    private readonly string _instance = Guid.NewGuid().ToString();
    private readonly DateTimeOffset _started;

    /// <param name="telemetry">Cameras and sinks.</param>
    /// <param name="outbox">Depths.</param>
    /// <param name="node">Names.</param>
    /// <param name="model">In force.</param>
    /// <param name="hub">Host name of the IoT Hub; empty without one.</param>
    /// <param name="link">Null without a hub.</param>
    /// <param name="usage">Of the hub.</param>
    /// <param name="dataFolder">Where the outbox lies.</param>
    /// <param name="time">Of the start, and how long the link is in its state.</param>
    public MetricsPage(
        Telemetry telemetry, Outbox outbox, NodeIdentity node, Func<ModelIdentity> model, string hub, Func<HubLinkStatus?> link, HubUsage usage, string dataFolder, TimeProvider time)
    {
        (_telemetry, _outbox, _node, _model, _hub, _link, _usage, _dataFolder, _time) = (telemetry, outbox, node, model, hub, link, usage, dataFolder, time);
        _started = time.GetUtcNow();
    }

    public HttpPage Write()
    {
        var text = new PrometheusText(("iothub", _hub), ("edge_device", _node.DeviceId), ("module_name", _node.ModuleId), ("instance_number", _instance));
        var (cameras, sinks, link) = (_telemetry.Cameras.ToList(), _telemetry.Sinks.ToList(), _link());
        using var process = Process.GetCurrentProcess();
        foreach (var metric in Metrics.All)
        {
            if (link is null && metric.Name.StartsWith("hub_", StringComparison.Ordinal)) continue;
            text.Family(metric);
            WriteNode(text, metric);
            foreach (var camera in cameras) WriteCamera(text, metric, camera);
            foreach (var sink in sinks) WriteSink(text, metric, sink);
            if (link is not null) WriteLink(text, metric, link);
            WriteProcess(text, metric, process);
        }

        return new HttpPage(200, PrometheusText.ContentType, text.ToString());
    }

    private void WriteNode(PrometheusText text, Metric metric)
    {
        if (metric == Metrics.Build) text.Sample(metric, 1, ("version", Product.Version));
        else if (metric == Metrics.Model) text.Sample(metric, 1, ("model", _model().Name), ("model_version", _model().Version), ("sha256", _model().Sha256));
        else if (metric == Metrics.Config) text.Sample(metric, 1, ("config_version", _node.ConfigVersion));
        else if (metric == Metrics.Started) text.Sample(metric, _started.ToUnixTimeMilliseconds() / 1000.0);
        else if (metric == Metrics.OutboxAppended) text.Sample(metric, _outbox.Status.Appended);
        else if (metric == Metrics.OutboxSequence) text.Sample(metric, _outbox.LastSequence);
        else if (metric == Metrics.OutboxBytes) text.Sample(metric, OutboxBytes());
        else if (metric == Metrics.OutboxWritable) text.Sample(metric, _outbox.Status.Writable ? 1 : 0);
        else if (metric == Metrics.OutboxFailures) text.Sample(metric, _outbox.Status.WriteFailures);
        else if (metric == Metrics.PicturesWaiting) text.Sample(metric, _telemetry.Evidence.Waiting);
        else if (metric == Metrics.Pictures) WritePictures(text, metric, _telemetry.Evidence);
        else
        {
            WriteFallback(text, metric, _telemetry.Fallback);
            WriteHoldings(text, metric, _outbox.Status.Holdings);
        }
    }

    private static void WriteFallback(PrometheusText text, Metric metric, FallbackTelemetry fallback)
    {
        if (metric == Metrics.CloudBytes) text.Sample(metric, fallback.Bytes);
        else if (metric == Metrics.CloudLatency) text.Sample(metric, fallback.Latency);
        else if (metric == Metrics.CloudFailed)
        {
            text.Sample(metric, fallback.Failed, ("outcome", "failed"));
            text.Sample(metric, fallback.Late, ("outcome", "late"));
        }
        else if (metric == Metrics.CloudAsked)
        {
            foreach (var reason in Enum.GetValues<FallbackReason>().Where(static r => r is not FallbackReason.None)) text.Sample(metric, fallback.Asked(reason), ("reason", Word(reason)));
        }
        else if (metric == Metrics.CloudHeldBack)
        {
            foreach (var limit in Enum.GetValues<FallbackLimit>()) text.Sample(metric, fallback.HeldBack(limit), ("limit", Word(limit)));
        }
        else if (metric == Metrics.CloudVerdicts)
        {
            foreach (var outcome in Enum.GetValues<VerdictOutcome>()) text.Sample(metric, fallback.Verdicts(outcome), ("outcome", VisionEventJson.WordOf(outcome)));
        }

        static string Word<T>(T value) => JsonNamingPolicy.CamelCase.ConvertName($"{value}");
    }

    private static void WritePictures(PrometheusText text, Metric metric, EvidenceTelemetry evidence)
    {
        foreach (var (outcome, count) in (ReadOnlySpan<(string, long)>)[("kept", evidence.Kept), ("not_kept", evidence.NotKept), ("sent", evidence.Sent), ("refused", evidence.Refused), ("lost", evidence.Lost)])
            text.Sample(metric, count, ("outcome", outcome));
    }

    private static void WriteHoldings(PrometheusText text, Metric metric, OutboxHoldings holdings)
    {
        if (metric == Metrics.OutboxUsed) text.Sample(metric, holdings.Bytes);
        else if (metric == Metrics.OutboxInMemory) text.Sample(metric, holdings.InMemory);
        else if (metric == Metrics.OutboxAge) text.Sample(metric, holdings.OldestAge?.TotalSeconds ?? 0);
        else if (metric == Metrics.OutboxDead) text.Sample(metric, holdings.DeadLetters);
        else if (metric == Metrics.OutboxDeadDropped) text.Sample(metric, holdings.DeadLettersDropped);
        else if (metric == Metrics.OutboxHeld || metric == Metrics.OutboxEvicted)
        {
            foreach (var (family, count) in metric == Metrics.OutboxHeld ? holdings.ByFamily : holdings.Evicted) text.Sample(metric, count, ("family", VisionEventJson.WordOf(family)));
        }
    }

    private void WriteCamera(PrometheusText text, Metric metric, CameraTelemetry camera)
    {
        var name = ("camera", camera.Camera);
        if (metric == Metrics.CameraUp) text.Sample(metric, camera.Condition is CameraCondition.Runs ? 1 : 0, name);
        else if (metric == Metrics.Losses) text.Sample(metric, camera.Losses, name);
        else if (metric == Metrics.Captured) text.Sample(metric, camera.Captured, name);
        else if (metric == Metrics.Inferred) text.Sample(metric, camera.Inferred, name);
        else if (metric == Metrics.Copied) text.Sample(metric, camera.Capture.Copied, name);
        else if (metric == Metrics.Fps) text.Sample(metric, camera.FramesPerSecond(_time), name);
        else if (metric == Metrics.Detections) text.Sample(metric, camera.Detections, name);
        else if (metric == Metrics.Events) text.Sample(metric, camera.Events, name);
        else if (metric == Metrics.TriggerDifference) text.Sample(metric, camera.Triggers.Difference, name);
        else if (metric == Metrics.Triggers)
        {
            foreach (var outcome in Enum.GetValues<TriggerOutcome>()) text.Sample(metric, camera.Triggers.Of(outcome), name, ("outcome", JsonNamingPolicy.CamelCase.ConvertName($"{outcome}")));
        }
        else if (metric == Metrics.Left)
        {
            foreach (var (reason, count) in LeftOut(camera)) text.Sample(metric, count, name, ("reason", reason));
        }
        else if (metric == Metrics.Stage)
        {
            foreach (var (stage, histogram) in StagesOf(camera)) text.Sample(metric, histogram, name, ("stage", stage));
        }
    }

    private void WriteSink(PrometheusText text, Metric metric, SinkTelemetry sink)
    {
        var name = ("sink", sink.Sink);
        if (metric == Metrics.SinkDepth) text.Sample(metric, _outbox.Depth(sink.Sink), name);
        else if (metric == Metrics.SinkAccepted) text.Sample(metric, sink.Accepted, name);
        else if (metric == Metrics.SinkRejected) text.Sample(metric, sink.Rejected, name);
        else if (metric == Metrics.SinkRetries) text.Sample(metric, sink.Retries, name);
        else if (metric == Metrics.SinkFailing) text.Sample(metric, sink.IsFailing ? 1 : 0, name);
        else if (metric == Metrics.SinkLatency) text.Sample(metric, sink.Latency, name);
    }

    private void WriteLink(PrometheusText text, Metric metric, HubLinkStatus link)
    {
        foreach (var (camera, messages, blocks) in metric == Metrics.HubMessages || metric == Metrics.HubBlocks ? _usage.Cameras : [])
            text.Sample(metric, metric == Metrics.HubMessages ? messages : blocks, ("camera", camera));
        if (metric == Metrics.HubConnected) text.Sample(metric, link.State is HubLinkState.Connected ? 1 : 0);
        else if (metric == Metrics.HubConnects) text.Sample(metric, link.Connects);
        else if (metric == Metrics.HubSince) text.Sample(metric, Math.Max(0, (_time.GetUtcNow() - link.Since).TotalSeconds), ("state", JsonNamingPolicy.CamelCase.ConvertName($"{link.State}")));
    }

    private static void WriteProcess(PrometheusText text, Metric metric, Process process)
    {
        if (metric == Metrics.Cpu) text.Sample(metric, process.TotalProcessorTime.TotalSeconds);
        else if (metric == Metrics.Rss) text.Sample(metric, process.WorkingSet64);
        else if (metric == Metrics.Heap) text.Sample(metric, GC.GetTotalMemory(forceFullCollection: false));
        else if (metric == Metrics.Threads) text.Sample(metric, process.Threads.Count);
        else if (metric == Metrics.Files) text.Sample(metric, OpenFiles());
        else if (metric == Metrics.Collections)
        {
            for (var generation = 0; generation <= GC.MaxGeneration; generation++) text.Sample(metric, GC.CollectionCount(generation), ("generation", $"{generation}"));
        }
    }

    private static (string Reason, long Count)[] LeftOut(CameraTelemetry camera) =>
    [
        ("dropped", camera.Dropped), ("paced", camera.Paced), ("still", camera.Still), ("gated", camera.Gated), ("skipped", camera.Skipped),
        ("missed", camera.Capture.Missed), ("corrupted", camera.Capture.Corrupted),
    ];

    private static (string Stage, LatencyHistogram Histogram)[] StagesOf(CameraTelemetry camera) =>
        [("wait", camera.Wait), ("decode", camera.Decode), ("preprocess", camera.Preprocess), ("infer", camera.Infer), ("postprocess", camera.Postprocess)];

    private double? OutboxBytes()
    {
        try
        {
            return Directory.EnumerateFiles(_dataFolder, "outbox.db*").Sum(f => new FileInfo(f).Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Null where the system does not say.</summary>
    private static double? OpenFiles()
    {
        try
        {
            return Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
