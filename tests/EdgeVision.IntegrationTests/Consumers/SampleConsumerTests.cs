using System.Text.RegularExpressions;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.IntegrationTests.Module;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Consumers;

public sealed class SampleConsumerTests
{
    public static TheoryData<string> Languages => new("python", "node");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_sample_drops_repeats_and_tells_gaps(string language)
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await SampleConsumer.StartAsync(language, broker.Port, "--count", "5");
        await using var sink = Some.Sink(Some.Options(broker.Port));
        var (one, two) = (Entry(1), Entry(2));

        // As after a restart: the last ones come again. Then three events are missing.
        Assert.Equal(DeliveryResult.All(5), await sink.SendAsync([one, two, one, two, Entry(3)], Stop));
        Assert.Equal(DeliveryResult.All(2), await sink.SendAsync([Entry(7), Entry(8)], Stop));

        Assert.Equal([1, 2, 3, 7, 8], (await consumer.TakeAsync(5)).Select(line => int.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(0, await consumer.ExitAsync());
        Assert.Equal(["subscribed", "GAP /devices/gate-7/modules/edgevision: 4 to 6 are missing"], consumer.Said);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_sample_goes_on_after_what_is_no_event(string language)
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await SampleConsumer.StartAsync(language, broker.Port, "--count", "1");
        await using var sink = Some.Sink(Some.Options(broker.Port));
        string[] bodies = ["", "no json", "null", "[]", "{\"id\":1}", "{\"id\":\"x\",\"source\":\"y\"}", "{\"id\":\"x\",\"source\":\"y\",\"sequence\":\"1\"}"];

        Assert.Equal(DeliveryResult.All(bodies.Length), await sink.SendAsync([.. bodies.Select((b, i) => Entry(i + 1) with { Body = System.Text.Encoding.UTF8.GetBytes(b) })], Stop));
        Assert.Equal(DeliveryResult.All(1), await sink.SendAsync([Entry(9)], Stop));

        Assert.StartsWith("00000000000000000009 ", Assert.Single(await consumer.TakeAsync(1)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_sample_reads_the_demo(string language)
    {
        await using var demo = EdgeVisionProcess.Start("demo", "--port", "0");
        var line = await demo.LineAsync("mosquitto_sub -h");
        var port = int.Parse(Regex.Match(line, @"-p (\d+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        await using var consumer = await SampleConsumer.StartAsync(language, port, "--count", "3");

        var lines = await consumer.TakeAsync(3);

        Assert.Equal(0, await consumer.ExitAsync());
        Assert.Contains(lines, l => l.Contains("cameras/demo", StringComparison.Ordinal) && l.Contains("person", StringComparison.Ordinal));
        demo.Terminate();
        Assert.Equal(0, await demo.ExitAsync());
    }

    private static OutboxEntry Entry(long sequence)
    {
        var id = Guid.CreateVersion7();
        var json = $$$"""{"specversion":"1.0","id":"{{{id}}}","source":"/devices/gate-7/modules/edgevision","type":"io.edgevision.frame.v1","subject":"cameras/door","time":"2026-11-22T09:30:15.250Z","sequence":"{{{sequence:D20}}}","data":{"objects":[{"label":"person","confidence":0.91}]}}""";
        return new OutboxEntry(sequence, sequence, id, EventFamily.Frame, VisionEventJson.TypeOf(EventFamily.Frame), "door", Severity.Info, DateTimeOffset.UnixEpoch, System.Text.Encoding.UTF8.GetBytes(json));
    }
}
