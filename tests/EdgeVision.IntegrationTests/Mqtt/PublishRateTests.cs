using System.Diagnostics;
using EdgeVision.Delivery;
using EdgeVision.Mqtt;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Mqtt;

/// <summary>A measurement, not a judgement: runs only when asked for (<c>-explicit only -class "EdgeVision.IntegrationTests.Mqtt.PublishRateTests"</c>).</summary>
public sealed class PublishRateTests
{
    private const int Batch = 500;
    private const int Batches = 200;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData("mosquitto", 1)]
    [InlineData("mosquitto", 16)]
    [InlineData("mosquitto", 64)]
    [InlineData("embedded", 16)]
    public async Task Events_of_690_bytes_a_second(string kind, int window)
    {
        await using var mosquitto = kind == "mosquitto" ? await Mosquitto.StartAsync(Mosquitto.NewFolder(), "max_inflight_messages 0") : null;
        await using var embedded = kind == "embedded" ? await EmbeddedBroker.StartAsync(0, TimeProvider.System, NullLogger.Instance) : null;
        await using var sink = Some.Sink(Some.Options(mosquitto?.Port ?? embedded!.Port) with { InFlight = window });
        var batch = Some.Entries(Batch, padding: 690 - Some.Entry(1).Body.Length);
        for (var i = 0; i < 20; i++) await sink.SendAsync(batch, Stop);
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();

        for (var i = 0; i < Batches; i++) Assert.Equal(DeliveryResult.All(Batch), await sink.SendAsync(batch, Stop));

        var seconds = watch.Elapsed.TotalSeconds;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        Console.WriteLine($"{kind}, window {window}: {Batches * Batch / seconds:N0} events/s, {bytes / (Batches * Batch)} B allocated an event");
    }
}
