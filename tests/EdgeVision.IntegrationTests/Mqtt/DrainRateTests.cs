using System.Diagnostics;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Mqtt;

/// <summary>A measurement, not a judgement: runs only when asked for (<c>-explicit only -class "EdgeVision.IntegrationTests.Mqtt.DrainRateTests"</c>).</summary>
public sealed class DrainRateTests
{
    private const int Batch = 500;

    private static readonly ModelIdentity Model = new("tiny", "1", new string('a', 64), ["person"]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A million by default; EDGEVISION_BACKLOG says another number.</summary>
    [Fact(Explicit = true)]
    public async Task A_backlog_drains_to_mosquitto()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("EDGEVISION_BACKLOG") ?? "1000000", System.Globalization.CultureInfo.InvariantCulture);
        using var folder = new TempFolder();
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder(), "max_inflight_messages 0");
        var options = OptionsReader.Defaults(OutboxOptions.Read);
        options = options with { BatchSize = Batch, Quota = options.Quota with { MaxBytes = long.MaxValue, MaxEvents = long.MaxValue, KeepDelivered = TimeSpan.Zero } };
        await using var outbox = Outbox.Open(folder.Path, options, Some.Node, ["mqtt"], TimeProvider.System, NullLogger.Instance);
        for (var i = 0; i < count; i += Batch) await outbox.AppendAsync([.. Enumerable.Range(0, Batch).Select(_ => Event())], Stop);
        await using var sink = Some.Sink(Some.Options(broker.Port) with { InFlight = 64 });
        using var finishing = new CancellationTokenSource();
        await finishing.CancelAsync();
        var (before, watch) = (WorkingSet(), Stopwatch.StartNew());
        var most = before;
        await using var look = TimeProvider.System.CreateTimer(_ => most = Math.Max(most, WorkingSet()), null, TimeSpan.Zero, TimeSpan.FromSeconds(1));

        await new DeliveryLoop(outbox, "mqtt", sink, new SinkTelemetry("mqtt"), TimeProvider.System, NullLogger.Instance).RunAsync(Stop, finishing.Token);

        var seconds = watch.Elapsed.TotalSeconds;
        Assert.Equal(0, outbox.Depth("mqtt"));
        Console.WriteLine($"{count:N0} events: {count / seconds:N0} events/s, working set {before} MB before, {most} MB at most, {WorkingSet()} MB after");
    }

    private static FrameEvent Event() => new()
    {
        Time = TimeProvider.System.GetUtcNow(),
        Camera = "door",
        Model = Model,
        FrameSequence = 1,
        Width = 1280,
        Height = 720,
        Objects = [new Detection(0, 0.9f, new Box(100, 50, 180, 210))],
    };

    private static long WorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 >> 20;
    }
}
