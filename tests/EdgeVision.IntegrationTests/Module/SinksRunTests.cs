using System.Text;
using System.Text.Json;
using EdgeVision.IntegrationTests.Mqtt;
using EdgeVision.IntegrationTests.Webhooks;
using EdgeVision.Module.Webhooks;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>Several shapes of the same events at once, as a person gets them: the built command, a real broker, an HTTP server.</summary>
public sealed class SinksRunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-sinks-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_sink_gets_every_event_in_its_shape()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var plain = await MosquittoSub.StartAsync(broker.Port, "edgevision/#");
        await using var lite = await MosquittoSub.StartAsync(broker.Port, "lite/#");
        await using var ava = await MosquittoSub.StartAsync(broker.Port, "ava/#", "-V", "mqttv5", "-F", "MSG\t%t\t%r\t%P|%p");
        var fails = 2;
        using var receiver = Receiver.Start(_ => Interlocked.Decrement(ref fails) >= 0 ? 503 : 202);
        var config = Path.Combine(_folder.FullName, "edgevision.json");
        await File.WriteAllTextAsync(config, $$"""
            { "EdgeVision": {
              "Node": "press-4",
              "Cameras": { "street": { "Uri": "file:{{Repository.PathOf("samples", "media", "pedestrians.mjpeg")}}?loop=true" } },
              "Mqtt": { "Host": "127.0.0.1", "Port": {{broker.Port}}, "Also": {
                "lite": { "Preset": "compact", "TopicPrefix": "lite/{deviceId}" },
                "va": { "Preset": "ava", "TopicPrefix": "ava/{deviceId}", "ContentMode": "binary" } } },
              "Webhooks": { "plant": { "Url": "{{receiver.Url}}" } } } }
            """, TestContext.Current.CancellationToken);

        await using var run = EdgeVisionProcess.StartWith(
            new Dictionary<string, string> { ["EDGEVISION__WEBHOOKS__PLANT__SECRET"] = "geheim" }, "run", "--config", config, "--data", Path.Combine(_folder.FullName, "data"), "--frames", "40");

        Assert.True(await run.ExitAsync() == 0, run.Stderr);
        Assert.DoesNotContain("geheim", run.Stdout + run.Stderr, StringComparison.Ordinal);
        var whole = (await plain.TakeUntilAsync(m => m.Payload.Contains("\"stopped\"", StringComparison.Ordinal))).Where(m => m.Topic.Contains("/events/", StringComparison.Ordinal)).ToList();
        var compact = await lite.TakeUntilAsync(m => m.Payload.Contains("\"stopped\"", StringComparison.Ordinal));
        var ids = whole.Select(m => JsonDocument.Parse(m.Payload).RootElement.GetProperty("id").GetString()).ToList();
        Assert.True(ids.Count >= 4, $"{ids.Count} events are too few to say anything.");
        Assert.Equal(ids, compact.Select(m => JsonDocument.Parse(m.Payload).RootElement.GetProperty("i").GetString()));
        Assert.All(compact, m => Assert.StartsWith("lite/press-4/", m.Topic, StringComparison.Ordinal));
        Assert.Equal(ids, Batches(receiver).SelectMany(b => b.EnumerateArray()).Select(e => e.GetProperty("id").GetString()).Distinct());
        Assert.All(receiver.Requests, r => Assert.Equal("v1=" + WebhookSink.Sign("geheim", r.Timestamp!, r.Body), r.Signature));

        var seen = whole.Count(m => m.Topic.EndsWith("/frame", StringComparison.Ordinal) && JsonDocument.Parse(m.Payload).RootElement.GetProperty("data").GetProperty("objects").GetArrayLength() > 0);
        var inferences = await ava.TakeAsync(seen);
        Assert.All(inferences, m => Assert.Contains("preset:ava", m.Payload, StringComparison.Ordinal));
        Assert.All(inferences, m => Assert.NotEmpty(JsonDocument.Parse(m.Payload[(m.Payload.IndexOf('|', StringComparison.Ordinal) + 1)..]).RootElement.GetProperty("inferences").EnumerateArray()));
        await Assert.ThrowsAsync<TimeoutException>(() => ava.NextAsync(TimeSpan.FromMilliseconds(200)));
    }

    private static IEnumerable<JsonElement> Batches(Receiver receiver) => receiver.Requests.Select(r => JsonDocument.Parse(Encoding.UTF8.GetString(r.Body)).RootElement);
}
