using System.Text.Json.Nodes;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Module;

/// <summary><c>edgevision outbox</c> as its user starts it, on a folder with 30 events: 10 of the node, 20 of the camera door; mqtt has 12, one is a dead letter.</summary>
public sealed class OutboxCommandTests : IAsyncLifetime
{
    private static readonly NodeIdentity Node = new("node-1", "edgevision", "test", static () => true);
    private readonly TempFolder _folder = new();

    public async ValueTask InitializeAsync()
    {
        await using var outbox = Open();
        await outbox.AppendAsync([.. Enumerable.Range(0, 10).Select(i => (VisionEvent)new SystemEvent { Time = At, Kind = SystemEventKind.Started, Message = $"event {i}" })], Cancel);
        await outbox.AppendAsync([.. Enumerable.Range(0, 20).Select(i => (VisionEvent)new CameraEvent { Time = At, Camera = "door", State = CameraState.Lost, Reason = $"event {i}" })], Cancel);
        var cursor = outbox.Cursor("mqtt");
        await cursor.RejectAsync(cursor.Read(1, int.MaxValue)[0], "packet too large", Cancel);
        cursor.Advance(12);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static DateTimeOffset At => new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stat_counts_in_words_and_in_json()
    {
        var words = await RunAsync("stat");
        foreach (var part in (string[])["30 events", "sequence 1 to 30", "system   10", "camera   20", "mqtt: has up to 12, 18 wait", "1 dead letters"]) Assert.Contains(part, words, StringComparison.Ordinal);
        var json = JsonNode.Parse(await RunAsync("stat", "--json"))!;
        Assert.Equal((30, 12, 18, 1, 2), ((int)json["events"]!, (int)json["sinks"]!["mqtt"]!["position"]!, (int)json["sinks"]!["mqtt"]!["waiting"]!, (int)json["deadLetters"]!, (int)json["schemaVersion"]!));
    }

    [Fact]
    public async Task List_shows_ranges_families_and_dead_letters()
    {
        Assert.Equal(3, (await RunAsync("list", "--from", "11", "--to", "13")).TrimEnd().Split('\n').Length);
        Assert.Equal(4, (await RunAsync("list", "--family", "camera", "--limit", "4")).TrimEnd().Split('\n').Length);
        Assert.Contains("mqtt: packet too large", Assert.Single((await RunAsync("list", "--dead")).TrimEnd().Split('\n')), StringComparison.Ordinal);
        var json = JsonNode.Parse(await RunAsync("list", "--dead", "--json"))!;
        Assert.Equal(1.ToString("D20", null), (string)json["deadLetters"]![0]!["event"]!["sequence"]!);
    }

    [Fact]
    public async Task Export_writes_one_event_a_line_beside_a_running_node()
    {
        await using var running = Open();
        var lines = (await RunAsync("export", "--from", "5")).TrimEnd().Split('\n').Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(Enumerable.Range(5, 26).Select(n => n.ToString("D20", null)), lines.Select(l => (string)l["sequence"]!));
        var file = System.IO.Path.Combine(_folder.Path, "dead.jsonl");
        Assert.Empty(await RunAsync("export", "--dead", "--output", file));
        Assert.Single(await File.ReadAllLinesAsync(file, Cancel));
        Assert.Contains("30 events", await RunAsync("stat"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Purge_needs_a_word_and_a_stopped_node_and_what_not_every_sink_had_is_told()
    {
        await using (Open())
        {
            var (code, _, error) = await EdgeVisionProcess.RunAsync("outbox", "purge", "--data", _folder.Path, "--yes");
            Assert.Equal((1, true), (code, error.Contains("in use by another process", StringComparison.Ordinal)));
        }

        Assert.Equal("20 events deleted.\n", await RunAsync("purge", "--family", "camera", "--yes"));
        Assert.Equal("1 dead letter deleted.\n", await RunAsync("purge", "--dead", "--yes"));
        Assert.Contains("18 events, of which an event will tell", await RunAsync("stat"), StringComparison.Ordinal);

        await using var outbox = Open();
        await outbox.AppendAsync(new SystemEvent { Time = At, Kind = SystemEventKind.Started, Message = "again" }, Cancel);
        var told = Assert.Single(outbox.Cursor("mqtt").Read(100, int.MaxValue), e => (string)JsonNode.Parse(e.Body.Span)!["data"]!["kind"]! == "eventsEvicted");
        var data = JsonNode.Parse(told.Body.Span)!["data"]!;
        Assert.Equal((18, "camera", 13.ToString("D20", null), 30.ToString("D20", null)), ((int)data["count"]!, (string)data["family"]!, (string)data["from"]!, (string)data["to"]!));
    }

    [Fact]
    public async Task Replay_sets_a_sink_back_as_far_as_events_are_held()
    {
        Assert.Contains("set back from sequence 12 to 4; it gets 8 events", await RunAsync("replay", "mqtt", "--from", "5", "--yes"), StringComparison.Ordinal);
        Assert.Contains("Nothing changes", await RunAsync("replay", "mqtt", "--from", "20", "--yes"), StringComparison.Ordinal);
        var (code, _, error) = await EdgeVisionProcess.RunAsync("outbox", "replay", "erp", "--data", _folder.Path, "--yes");
        Assert.Equal((1, true), (code, error.Contains("knows no sink 'erp'; it has mqtt", StringComparison.Ordinal)));

        await using var outbox = Open();
        Assert.Equal(5, outbox.Cursor("mqtt").Read(1, int.MaxValue)[0].Sequence);
    }

    [Fact]
    public async Task A_folder_without_an_outbox_is_one_sentence_and_none_is_begun()
    {
        var empty = Directory.CreateDirectory(System.IO.Path.Combine(_folder.Path, "empty")).FullName;
        foreach (var command in (string[])["stat", "list", "export", "purge"])
        {
            var (code, _, error) = await EdgeVisionProcess.RunAsync("outbox", command, "--data", empty);
            Assert.Equal((1, true), (code, error.StartsWith("There is no outbox", StringComparison.Ordinal)));
        }

        Assert.Empty(Directory.GetFileSystemEntries(empty));
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync(["outbox", .. arguments, "--data", _folder.Path]);
        Assert.True(code == 0, stderr);
        return stdout;
    }

    private Outbox Open()
    {
        var options = OptionsReader.Defaults(OutboxOptions.Read);
        return Outbox.Open(_folder.Path, options, Node, ["mqtt"], TimeProvider.System, NullLogger.Instance);
    }
}
