using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Module;

namespace EdgeVision.IntegrationTests.Mqtt;

/// <summary>A measurement, not a judgement: runs only when asked for (<c>-explicit only -class "EdgeVision.IntegrationTests.Mqtt.CaptureToConsumerTests"</c>).</summary>
public sealed class CaptureToConsumerTests
{
    private const int Warm = 20;

    private const string Clip = "samples/media/pedestrians.mjpeg?fps=10&loop=true";

    private static readonly string[] Inside = ["decode", "preprocess", "infer", "postprocess"];

    /// <summary>
    /// The published program on the bundled clip, mosquitto, mosquitto_sub: from a frame's capture to the consumer, less what its detection took. The
    /// acknowledgement goes to the node while the message goes to the consumer, so this is what the publisher waits, too.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task What_a_frame_s_event_takes_beyond_its_detection()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("EDGEVISION_EVENTS") ?? "400", System.Globalization.CultureInfo.InvariantCulture);
        using var folder = new TempFolder();
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/+/door/events/frame");
        await using var node = EdgeVisionProcess.StartWith(
            new Dictionary<string, string> { ["EDGEVISION__CAMERAS__door__URI"] = "file:" + Path.Combine(Repository.Root, Clip), ["EDGEVISION__CAMERAS__door__EVENTS__SAMPLING"] = "every" },
            "run", "--mqtt", $"127.0.0.1:{broker.Port}", "--data", folder.Path);
        var (beyond, whole) = (new List<double>(), new List<double>());
        for (var i = 0; i < count + Warm; i++)
        {
            var received = await consumer.NextAsync(TimeSpan.FromSeconds(60));
            var now = TimeProvider.System.GetUtcNow();
            if (i < Warm) continue;
            var vision = JsonNode.Parse(received.Payload)!;
            var taken = (now - DateTimeOffset.Parse((string)vision["time"]!, System.Globalization.CultureInfo.InvariantCulture)).TotalMilliseconds;
            whole.Add(taken);
            beyond.Add(taken - Inside.Sum(stage => (double)vision["data"]!["timingsMs"]![stage]!));
        }

        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
        Console.WriteLine($"{count} events: capture → consumer p50 {Quantile(whole, 0.5):0.0} ms, p99 {Quantile(whole, 0.99):0.0} ms; beyond the detection p50 {Quantile(beyond, 0.5):0.0} ms, p99 {Quantile(beyond, 0.99):0.0} ms, most {beyond.Max():0.0} ms");
    }

    private static double Quantile(List<double> values, double at) => values.Order().ElementAt((int)(at * (values.Count - 1)));
}
