using System.Text.Json.Nodes;
using EdgeVision.Cloud.Models;
using EdgeVision.IntegrationTests.Module;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Cloud;

/// <summary>A whole node on a real clip that asks a real server.</summary>
public sealed class FallbackRunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly List<Received> _seen = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Doubts_are_asked_within_the_budget_and_verdicts_refine_the_events_they_are_about()
    {
        await using var cloud = await RunningCloud.StartAsync(bundled: true);
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/press-4/door/events/frame");
        await WriteAsync(broker, cloud.Address, """ "UncertainTo":1,"MinimumGapMs":0,"CallsPerHour":4,"DeadlineMs":60000 """);
        await using var node = Start();

        await UntilAsync(consumer, node, () => Verdicts().Count == 4);
        var frames = Edge().Count;
        await UntilAsync(consumer, node, () => Edge().Count > frames + 10);
        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());

        Assert.Equal(4, Verdicts().Count);
        Assert.Equal(4, cloud.Models.Single(static m => m.Name == "nanodet-g-416").OfImages.Of(WorkOutcome.Done));
        foreach (var verdict in Verdicts())
        {
            var edge = Edge().Single(e => (string)e["id"]! == (string)verdict["data"]!["refines"]!);
            Assert.Equal((string)edge["time"]!, (string)verdict["time"]!);
            Assert.Equal((double)edge["data"]!["objects"]![0]!["confidence"]!, (double)verdict["data"]!["verdict"]!["edgeConfidence"]!);
            Assert.Contains((string)verdict["data"]!["verdict"]!["outcome"]!, (string[])["confirmed", "corrected", "rejected", "foundMore"]);
        }

        // The same model there and here, only a JPEG between them.
        Assert.Contains(Verdicts(), static v => (string)v["data"]!["verdict"]!["outcome"]! == "confirmed");
        await SchemaJudge.AcceptsAsync("events.v1.schema.json", _seen.Select(static m => m.Payload));
    }

    [Fact]
    public async Task A_cloud_that_is_away_costs_no_frame_and_comes_back()
    {
        await using var cloud = await RunningCloud.StartAsync(bundled: true);
        using var mute = HttpServerDouble.Start(static (_, _, response) =>
        {
            response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/press-4/door/events/frame");
        await WriteAsync(broker, new Uri($"http://127.0.0.1:{mute.Port}"), """ "UncertainTo":1,"MinimumGapMs":0,"CallsPerHour":1000,"DeadlineMs":60000 """);
        await using (var node = Start())
        {
            await UntilAsync(consumer, node, () => Edge().Count > 40);
            Assert.Empty(Verdicts());
            Assert.Contains("The cloud gives no verdict: 127.0.0.1", node.Stderr, StringComparison.Ordinal);
            node.Terminate();
            Assert.Equal(0, await node.ExitAsync());
            var report = JsonNode.Parse(await File.ReadAllTextAsync(_folder.PathOf("report.json"), TestContext.Current.CancellationToken))!;
            Assert.True((int)report["framesDropped"]! <= (int)report["frames"]! / 2, report.ToJsonString());
        }

        await WriteAsync(broker, cloud.Address, """ "UncertainTo":1,"MinimumGapMs":0,"DeadlineMs":60000 """);
        await using var second = Start();
        await UntilAsync(consumer, second, () => Verdicts().Count > 0);
        second.Terminate();
        Assert.Equal(0, await second.ExitAsync());
    }

    [Fact]
    public async Task Where_no_picture_may_leave_nobody_is_asked()
    {
        var asked = 0;
        using var server = HttpServerDouble.Start((_, _, _) =>
        {
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        });
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/press-4/door/events/frame");
        await WriteAsync(broker, new Uri($"http://127.0.0.1:{server.Port}"), """ "UncertainTo":1,"MinimumGapMs":0 """, """ "Privacy":{"MetadataOnly":true}, """);
        await using var node = Start();
        await UntilAsync(consumer, node, () => Edge().Count > 15);
        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
        Assert.Equal(0, Volatile.Read(ref asked));
        Assert.Contains("Camera door cannot ask the cloud: Pictures are switched off", node.Stderr, StringComparison.Ordinal);
    }

    private EdgeVisionProcess Start() =>
        EdgeVisionProcess.StartWith(new Dictionary<string, string>(), "run", "--config", _folder.PathOf("node.json"), "--data", _folder.PathOf("data"), "--report", _folder.PathOf("report.json"));

    private Task WriteAsync(Mosquitto broker, Uri cloud, string fallback, string more = "") => File.WriteAllTextAsync(_folder.PathOf("node.json"), $$$"""
        {"EdgeVision":{"Node":"press-4", {{{more}}} "Mqtt":{"Host":"127.0.0.1","Port":{{{broker.Port}}}},
         "Cloud":{"Url":"{{{cloud}}}","Model":"nanodet-g-416","TimeoutMs":20000,"Fallback":{ {{{fallback}}} } },
         "Cameras":{"door":{"Uri":"file:{{{Repository.PathOf("samples", "media", "pedestrians.mjpeg")}}}?loop=true&fps=5","Events":{"Sampling":"every"}
        } } } }
        """, TestContext.Current.CancellationToken);

    private List<JsonNode> All() => [.. _seen.Select(static m => JsonNode.Parse(m.Payload)!)];

    private List<JsonNode> Verdicts() => [.. All().Where(static e => (string)e["data"]!["origin"]! == "cloud")];

    private List<JsonNode> Edge() => [.. All().Where(static e => (string)e["data"]!["origin"]! == "edge")];

    private async Task UntilAsync(MosquittoSub consumer, EdgeVisionProcess node, Func<bool> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, node.Stderr);
            _seen.Add(await consumer.NextAsync(Patience));
        }
    }
}
