using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Azure;
using EdgeVision.IntegrationTests.Mqtt;
using SkiaSharp;

namespace EdgeVision.IntegrationTests.Module.Evidence;

/// <summary>A whole node that keeps pictures of what it sees.</summary>
public sealed class EvidenceRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pictures_of_events_arrive_in_their_container_also_after_it_was_away_and_the_node_was_killed()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/press-4/door/events/frame");
        var isAway = true;
        using var container = BlobReceiver.Start(_ => Volatile.Read(ref isAway) ? (503, "ServerBusy") : (201, null));
        await WriteAsync(broker, $$$""" "Evidence":{"Upload":{"Container":"{{{container.Container}}}"}}, """);

        JsonNode seen;
        await using (var first = Start(broker))
        {
            seen = await EventAsync(consumer);
            await UntilAsync(() => !container.Requests.IsEmpty, first);
            first.Kill();
        }

        Volatile.Write(ref isAway, false);
        container.Requests.Clear();
        var uri = new Uri((string)seen["dataref"]!);
        Assert.StartsWith("/account/evidence/press-4/door/20", uri.AbsolutePath, StringComparison.Ordinal);
        await using var second = Start(broker);
        await UntilAsync(() => container.Requests.Any(r => r.Path == uri.AbsolutePath), second);

        var put = container.Requests.First(r => r.Path == uri.AbsolutePath);
        Assert.Equal((string?)seen["datasha256"], Convert.ToHexStringLower(SHA256.HashData(put.Body)));
        using var picture = SKBitmap.Decode(put.Body);
        Assert.Equal(320, picture.Width);
        second.Terminate();
        Assert.Equal(0, await second.ExitAsync());
        var figures = JsonNode.Parse(await File.ReadAllTextAsync(_folder.PathOf("report.json"), TestContext.Current.CancellationToken))!["evidence"]!;
        Assert.InRange((int)figures["sent"]!, 1, container.Requests.Count);
        Assert.Equal(0, (int)figures["notKept"]!);
    }

    [Fact]
    public async Task A_crop_lies_below_the_data_folder_and_the_event_says_where()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/press-4/door/events/frame");
        await WriteAsync(broker, "", picture: "crop");
        await using var node = Start(broker);

        var seen = await EventAsync(consumer);

        var bytes = await File.ReadAllBytesAsync(Path.Combine(_folder.PathOf("data"), (string)seen["dataref"]!), TestContext.Current.CancellationToken);
        Assert.Equal((string?)seen["datasha256"], Convert.ToHexStringLower(SHA256.HashData(bytes)));
        using var crop = SKBitmap.Decode(bytes);
        Assert.InRange(crop.Width, 1, 319);
        await SchemaJudge.AcceptsAsync("events.v1.schema.json", [seen.ToJsonString()]);
    }

    [Fact]
    public async Task Metadata_only_keeps_no_picture_anywhere()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/press-4/#");
        using var container = BlobReceiver.Start(_ => (201, null));
        await WriteAsync(broker, $$$""" "Privacy":{"MetadataOnly":true},"Evidence":{"Upload":{"Container":"{{{container.Container}}}"}}, """, commands: true);
        await using var node = Start(broker);
        await consumer.TakeUntilAsync(m => m.Topic.EndsWith("/events/frame", StringComparison.Ordinal) && JsonNode.Parse(m.Payload)!["data"]!["objects"]!.AsArray().Count > 0);

        ChildProcess.Run("mosquitto_pub", "-p", $"{broker.Port}", "-q", "1", "-t", "edgevision/press-4/cmd/snapshot", "-m", """{"camera":"door"}""");
        var answer = (await consumer.TakeUntilAsync(m => m.Topic.EndsWith("/cmd/snapshot/result", StringComparison.Ordinal)))[^1];

        Assert.Contains("Pictures are switched off on this node (Privacy:MetadataOnly)", answer.Payload, StringComparison.Ordinal);
        Assert.Empty(container.Requests);
        Assert.Empty(Directory.EnumerateFiles(_folder.PathOf("data"), "*.jpg", SearchOption.AllDirectories));
    }

    private async Task WriteAsync(Mosquitto broker, string more, string picture = "frame", bool commands = false) => await File.WriteAllTextAsync(_folder.PathOf("node.json"), $$$"""
        {"EdgeVision":{"Node":"press-4","Mqtt":{"Host":"127.0.0.1","Port":{{{broker.Port}}},"Commands":{{{(commands ? "true" : "false")}}}}, {{{more}}}
         "Cameras":{"door":{"Uri":"file:{{{Repository.PathOf("samples", "media", "pedestrians.mjpeg")}}}?loop=true&fps=5","Events":{"Sampling":"every"},
           "Evidence":{"Enabled":true,"MinimumGapMs":0,"Width":320,"Picture":"{{{picture}}}"}
         } } } }
        """, TestContext.Current.CancellationToken);

    private EdgeVisionProcess Start(Mosquitto broker)
    {
        Assert.NotEqual(0, broker.Port);
        return EdgeVisionProcess.StartWith(new Dictionary<string, string>(), "run", "--config", _folder.PathOf("node.json"), "--data", _folder.PathOf("data"), "--report", _folder.PathOf("report.json"));
    }

    /// <summary>The next one with a picture.</summary>
    private static async Task<JsonNode> EventAsync(MosquittoSub consumer)
    {
        while (true)
        {
            var seen = JsonNode.Parse((await consumer.NextAsync(TimeSpan.FromSeconds(40))).Payload)!;
            if (seen["dataref"] is not null) return seen;
        }
    }

    private static async Task UntilAsync(Func<bool> isSo, EdgeVisionProcess node)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), node.Stderr);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
