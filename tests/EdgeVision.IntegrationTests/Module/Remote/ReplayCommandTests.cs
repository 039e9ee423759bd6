using System.Text;
using EdgeVision.Events;

namespace EdgeVision.IntegrationTests.Module.Remote;

/// <summary>What a consumer that saw a gap may ask, and what it is told.</summary>
public sealed class ReplayCommandTests : IAsyncDisposable
{
    private readonly StillNode _node = new();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory]
    [InlineData("a gap", """{"from":2,"to":3}""", 202, """{"sink":"mqtt","from":2,"to":3,"held":2,"missing":0}""")]
    [InlineData("numbers as they stand in events", """{"from":"00000000000000000001","to":"00000000000000000001"}""", 202, """{"sink":"mqtt","from":1,"to":1,"held":1,"missing":0}""")]
    [InlineData("more than there is", """{"from":3,"to":40,"sink":"mqtt"}""", 202, """{"sink":"mqtt","from":3,"to":40,"held":1,"missing":37}""")]
    [InlineData("what is not there yet", """{"from":4,"to":5}""", 404, """{"error":"Of the events 4 to 5 none is there yet; the newest is 3: ask for what has been missed."}""")]
    [InlineData("one that is not there yet", """{"from":4,"to":4}""", 404, """{"error":"Event 4 is not there yet; the newest is 3: ask for what has been missed."}""")]
    [InlineData("another sink", """{"from":1,"to":2,"sink":"kafka"}""", 404, """{"error":"There is no such sink; there are mqtt."}""")]
    public async Task It_answers_what_comes_again(string what, string arguments, int status, string body)
    {
        await FillAsync(3);
        var answer = await _node.Commands.RunAsync("replay", Encoding.UTF8.GetBytes(arguments), TestContext.Current.CancellationToken);
        Assert.True((answer.Status, Encoding.UTF8.GetString(answer.Body.Span)) == (status, body), $"{what}: {answer.Status} {Encoding.UTF8.GetString(answer.Body.Span)}");
    }

    [Theory]
    [InlineData("backwards", """{"from":3,"to":2}""", "2 is before 3")]
    [InlineData("half a number", """{"from":1.5,"to":2}""", "no whole number")]
    [InlineData("zero", """{"from":0,"to":2}""", "replay:from")]
    [InlineData("nothing", "", "replay:to")]
    [InlineData("beyond what JSON counts", """{"from":1,"to":1e300}""", "replay:to")]
    public async Task What_is_no_range_is_refused_with_a_sentence(string what, string arguments, string sentence)
    {
        await FillAsync(3);
        var answer = await _node.Commands.RunAsync("replay", Encoding.UTF8.GetBytes(arguments), TestContext.Current.CancellationToken);
        var said = Encoding.UTF8.GetString(answer.Body.Span);
        Assert.True(answer.Status == 400 && said.Contains(sentence, StringComparison.Ordinal), $"{what}: {answer.Status} {said}");
    }

    [Theory]
    [InlineData(true, 202, """{"sink":"mqtt","from":1,"to":2,"held":2,"missing":0}""")]
    [InlineData(false, 404, """{"error":"Of the events 1 to 2 none is held any more; held are those from 4 to 5: ask for these, and sooner, or raise Outbox:KeepDeliveredMinutes."}""")]
    public async Task What_every_sink_has_had_comes_again_while_it_is_kept(bool keepsDelivered, int status, string body)
    {
        await using var node = new StillNode(keepsDelivered);
        await FillAsync(3, node);
        node.Outbox.Cursor("mqtt").Advance(3);
        await FillAsync(1, node);
        await FillAsync(1, node);
        var answer = await node.Commands.RunAsync("replay", """{"from":1,"to":2}"""u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal((status, body), (answer.Status, Encoding.UTF8.GetString(answer.Body.Span)));
    }

    private async Task FillAsync(int count, StillNode? node = null)
    {
        for (var i = 0; i < count; i++)
        {
            await (node ?? _node).Outbox.AppendAsync(
                new SystemEvent { Time = TimeProvider.System.GetUtcNow(), Kind = SystemEventKind.Started, Message = "Test." }, TestContext.Current.CancellationToken);
        }
    }
}
