using System.Diagnostics;
using System.Globalization;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Benchmarks;

/// <summary>
/// Durable appends: a measured run rather than BenchmarkDotNet, because what matters is the rate and the tail while many append at once.
/// <code>dotnet run -c Release --project bench/EdgeVision.Benchmarks -- outbox [directory [seconds]]</code>
/// </summary>
internal static class OutboxBenchmarks
{
    private const int Appenders = 8;
    private const int PacedRate = 20_000;
    private const long Full = 50_000;
    private static TimeSpan Duration { get; set; }

    private static readonly NodeIdentity Node = new("bench", "edgevision", "bench", static () => true);
    private static readonly ModelIdentity Model = new("nanodet-g-416", "1", new string('0', 64), ["person"]);

    public static async Task RunAsync(string? directory, TimeSpan duration)
    {
        Duration = duration;
        directory ??= Directory.CreateTempSubdirectory("edgevision-outbox-bench-").FullName;
        Console.WriteLine($"outbox in {directory}, {Environment.ProcessorCount} cores, events of 5 detections, {Duration.TotalSeconds:0} s each, median of three");
        await MedianAsync(directory, "8 appenders, one event at a time, each waits for the disk", drain: false, static (outbox, latency) => ClosedLoopAsync(outbox, latency, 1));
        await MedianAsync(directory, "8 appenders, 100 events at a time", drain: false, static (outbox, latency) => ClosedLoopAsync(outbox, latency, 100));
        Console.WriteLine($"bare file, every 10 ms the same bytes and an fsync, the floor of what follows: {Floor(directory)}");
        await MedianAsync(directory, $"{PacedRate:N0} events/s offered, nobody waits", drain: false, PacedAsync);
        await MedianAsync(directory, $"{PacedRate:N0} events/s offered, a sink takes them meanwhile", drain: true, PacedAsync);
        await MedianAsync(directory, $"{PacedRate:N0} events/s offered, nobody takes them, the oldest beyond {Full:N0} are evicted", drain: false, PacedAsync, Full);
    }

    /// <summary>What disk and scheduler do to the simplest durable writer under the same load; on a shared machine most of the tail is theirs.</summary>
    private static string Floor(string directory)
    {
        var path = Path.Combine(directory, "floor");
        var latency = new LatencyHistogram();
        var bytes = new byte[PacedRate / 100 * 1100];
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        using (var never = new ManualResetEventSlim())
        {
            var began = Stopwatch.GetTimestamp();
            for (var due = TimeSpan.Zero; due < Duration; due += TimeSpan.FromMilliseconds(10))
            {
                // An event that comes right after a commit is durable with the next: 10 ms and that commit.
                if (due + TimeSpan.FromMilliseconds(10) - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } wait) never.Wait(wait);
                file.Write(bytes);
                file.Flush(flushToDisk: true);
                latency.Record(Stopwatch.GetElapsedTime(began) - due);
            }
        }

        File.Delete(path);
        return string.Create(CultureInfo.InvariantCulture, $"p50 {latency.Quantile(0.5)?.TotalMilliseconds:0.0} ms, p99 {latency.Quantile(0.99)?.TotalMilliseconds:0.0} ms");
    }

    private static async Task MedianAsync(string directory, string what, bool drain, Func<Outbox, LatencyHistogram, Task<long>> append, long? maxEvents = null)
    {
        var runs = new List<(double Rate, TimeSpan P50, TimeSpan P99, string Line)>();
        for (var i = 0; i < 3; i++) runs.Add(await OnceAsync(directory, drain, append, maxEvents));
        runs.Sort(static (a, b) => a.P99.CompareTo(b.P99));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {runs[1].Line}"));
    }

    private static async Task<(double Rate, TimeSpan P50, TimeSpan P99, string Line)> OnceAsync(
        string directory, bool drain, Func<Outbox, LatencyHistogram, Task<long>> append, long? maxEvents)
    {
        var at = Directory.CreateDirectory(Path.Combine(directory, Guid.NewGuid().ToString("N"))).FullName;
        var latency = new LatencyHistogram();
        var options = OptionsReader.Defaults(OutboxOptions.Read);
        options = options with { Quota = options.Quota with { MaxEvents = maxEvents ?? options.Quota.MaxEvents } };
        var outbox = Outbox.Open(at, options, Node, ["bench"], TimeProvider.System, NullLogger.Instance);
        await using var sink = new TakingSink();
        using var finishing = new CancellationTokenSource();
        var telemetry = new SinkTelemetry("bench");
        var delivery = drain ? new DeliveryLoop(outbox, "bench", sink, telemetry, TimeProvider.System, NullLogger.Instance).RunAsync(CancellationToken.None, finishing.Token) : null;
        var allocated = GC.GetTotalAllocatedBytes();
        var began = Stopwatch.GetTimestamp();
        var count = await append(outbox, latency);
        var rate = count / Stopwatch.GetElapsedTime(began).TotalSeconds;
        var bytes = (GC.GetTotalAllocatedBytes() - allocated) / Math.Max(1, count);
        var evicted = outbox.Status.Holdings.EvictedEvents;
        await finishing.CancelAsync();
        if (delivery is not null) await delivery;
        await outbox.DisposeAsync();
        var file = new FileInfo(Path.Combine(at, "outbox.db")).Length >> 20;
        Directory.Delete(at, recursive: true);
        var (p50, p99) = (latency.Quantile(0.5)!.Value, latency.Quantile(0.99)!.Value);
        var line = string.Create(CultureInfo.InvariantCulture, $"{rate,9:N0} events/s, append p50 {p50.TotalMilliseconds:0.0} ms, p99 {p99.TotalMilliseconds:0.0} ms, {bytes:N0} B allocated an event, file {file} MiB");
        if (evicted > 0) line += string.Create(CultureInfo.InvariantCulture, $", evicted {evicted:N0}");
        if (drain) line += string.Create(CultureInfo.InvariantCulture, $", delivered {telemetry.Accepted:N0}, event → sink p99 {telemetry.Latency.Quantile(0.99)?.TotalMilliseconds:0.0} ms");
        return (rate, p50, p99, line);
    }

    private static async Task<long> ClosedLoopAsync(Outbox outbox, LatencyHistogram latency, int batch)
    {
        var began = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Appenders).Select(camera => Task.Run(async () =>
        {
            var count = 0L;
            while (Stopwatch.GetElapsedTime(began) < Duration)
            {
                var events = new VisionEvent[batch];
                for (var i = 0; i < batch; i++) events[i] = Event(camera);
                var start = Stopwatch.GetTimestamp();
                await outbox.AppendAsync(events, CancellationToken.None);
                latency.Record(Stopwatch.GetElapsedTime(start));
                count += batch;
            }

            return count;
        })));
        return counts.Sum();
    }

    /// <summary>Each appender offers its share every millisecond; latency counts from the moment the event was due, so a stall shows.</summary>
    private static async Task<long> PacedAsync(Outbox outbox, LatencyHistogram latency)
    {
        var began = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Appenders).Select(camera => Task.Run(async () =>
        {
            var (offered, pending) = (0L, new List<Task>());
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
            while (Stopwatch.GetElapsedTime(began) < Duration && await tick.WaitForNextTickAsync())
            {
                var due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * PacedRate / Appenders);
                for (; offered < due; offered++) pending.Add(AppendAsync(began + (long)(offered * (double)Stopwatch.Frequency * Appenders / PacedRate), camera));
                pending.RemoveAll(static t => t.IsCompletedSuccessfully);
            }

            await Task.WhenAll(pending);
            return offered;
        })));
        return counts.Sum();

        async Task AppendAsync(long due, int camera)
        {
            await outbox.AppendAsync(Event(camera), CancellationToken.None);
            latency.Record(Stopwatch.GetElapsedTime(due));
        }
    }

    private static FrameEvent Event(int camera) => new()
    {
        Time = TimeProvider.System.GetUtcNow(),
        Camera = "camera-" + camera.ToString(CultureInfo.InvariantCulture),
        Model = Model,
        FrameSequence = 1,
        Width = 1280,
        Height = 720,
        Objects = Objects,
    };

    private static readonly Detection[] Objects =
        [.. Enumerable.Range(1, 5).Select(static i => new Detection(0, 0.9f - (i * 0.1f), new Box(i * 100, i * 50, (i * 100) + 80, (i * 50) + 160)))];

    private sealed class TakingSink : IEventSink
    {
        public ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping) => ValueTask.FromResult(DeliveryResult.All(batch.Count));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
