using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

/// <summary>A consumer saw a gap and asks for it. A second sink that is behind keeps the events that the first one has had.</summary>
public sealed class ReplayTests : IAsyncDisposable
{
    private readonly OutboxRoom _room = new();
    private readonly CancellationTokenSource _stopping = new();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _room.DisposeAsync();
    }

    [Fact]
    public async Task A_range_comes_again_with_its_ids_and_live_events_go_on()
    {
        var (outbox, sink, run) = await StartAsync(20, DeliveryOptions.Default);
        Assert.Equal(3, outbox.Cursor("mqtt").Replay(5, 7));
        await sink.HasAsync(23);
        await _room.FillAsync(outbox, 1);
        await sink.HasAsync(24);

        Assert.Equal([.. Enumerable.Range(1, 20).Select(n => (long)n), 5, 6, 7, 21], sink.Sequences);
        Assert.Equal(sink.Journal.Skip(4).Take(3).Select(j => j.Entry.Id), sink.Journal.Skip(20).Take(3).Select(j => j.Entry.Id));
        Assert.Equal(0, outbox.Depth("mqtt"));
        await _stopping.CancelAsync();
        await run;
    }

    [Fact]
    public async Task A_large_one_keeps_the_rate_and_live_events_pass_it()
    {
        var (outbox, sink, run) = await StartAsync(400, new(DeliveryOrder.OldestFirst, 100));
        Assert.Equal(400, outbox.Cursor("mqtt").Replay(1, 400));
        await sink.HasAsync(410);
        await _room.FillAsync(outbox, 1);
        await sink.SeesAsync(401);
        Assert.InRange(sink.Journal.Count, 411, 431);
        var began = _room.Time.GetTimestamp();
        await _room.PassTimeUntilAsync(sink.HasAsync(801), TimeSpan.FromMilliseconds(50));
        Assert.True(_room.Time.GetElapsedTime(began) >= TimeSpan.FromSeconds(3.5));
        await _stopping.CancelAsync();
        await run;
    }

    [Theory]
    [InlineData("all of it", 1, 10, 10)]
    [InlineData("one", 4, 4, 1)]
    [InlineData("more than there is", 8, 1000, 3)]
    [InlineData("what is not there yet", 11, 12, 0)]
    public async Task It_answers_how_many_are_held(string what, long from, long to, long held)
    {
        var outbox = _room.Open("mqtt", "slow");
        await _room.FillAsync(outbox, 10);
        outbox.Cursor("mqtt").Advance(6); // those beyond come anyway
        Assert.True(outbox.Cursor("mqtt").Replay(from, to) == held, what);
        Assert.Equal(4 + Math.Max(0, Math.Min(6, to) - from + 1), outbox.Depth("mqtt"));
    }

    [Fact]
    public async Task What_every_sink_had_is_gone_and_of_a_range_the_rest_comes()
    {
        var outbox = _room.Open("mqtt", "slow");
        await _room.FillAsync(outbox, 10);
        outbox.Cursor("mqtt").Advance(10);
        outbox.Cursor("slow").Advance(6);
        await _room.FillAsync(outbox, 1);
        Assert.Equal(0, outbox.Cursor("mqtt").Replay(1, 6));
        Assert.Equal(2, outbox.Cursor("mqtt").Replay(1, 8));
        Assert.Equal([7, 8], outbox.Cursor("mqtt").ReadBehind(10, int.MaxValue).Select(e => e.Sequence));
    }

    [Fact]
    public async Task It_is_kept_and_survives_a_restart()
    {
        var outbox = _room.Open("mqtt", "slow");
        await _room.FillAsync(outbox, 10);
        outbox.Cursor("mqtt").Advance(10);
        outbox.Cursor("mqtt").Replay(3, 4);
        outbox.Cursor("mqtt").Replay(6, 6);
        outbox.Cursor("slow").Advance(10);
        await _room.FillAsync(outbox, 1);
        await outbox.DisposeAsync();

        var cursor = _room.Open("mqtt", "slow").Cursor("mqtt");
        Assert.Equal((2, 10, 3), (cursor.Position, cursor.Live, cursor.Behind));
        Assert.Equal([3, 4], cursor.ReadBehind(10, int.MaxValue).Select(e => e.Sequence));
    }

    [Fact]
    public async Task A_sink_that_was_removed_and_added_again_still_gets_it()
    {
        var outbox = _room.Open("mqtt", "slow");
        await _room.FillAsync(outbox, 10);
        outbox.Cursor("mqtt").Advance(8);
        outbox.Cursor("mqtt").Replay(3, 4);
        outbox.RemoveSink("mqtt");
        await _room.FillAsync(outbox, 1);
        var cursor = outbox.AddSink("mqtt");
        Assert.Equal((2, 8, 2, 5), (cursor.Position, cursor.Live, cursor.Behind, cursor.Depth));
    }

    [Fact]
    public async Task One_that_comes_in_while_another_is_read_is_not_swallowed()
    {
        var outbox = _room.Open("mqtt", "slow");
        await _room.FillAsync(outbox, 20);
        var cursor = outbox.Cursor("mqtt");
        cursor.Advance(20);
        cursor.Replay(10, 15);
        var reading = cursor.ReadBehind(3, int.MaxValue);
        cursor.Replay(2, 3);
        cursor.AdvanceBehind(reading[^1].Sequence);
        Assert.Equal([2, 3], cursor.ReadBehind(10, int.MaxValue).Select(e => e.Sequence));
        cursor.AdvanceBehind(3);
        Assert.Equal([13, 14, 15], cursor.ReadBehind(10, int.MaxValue).Select(e => e.Sequence));
    }

    [Fact]
    public async Task Numbers_evicted_meanwhile_are_passed_over()
    {
        var outbox = _room.Open("mqtt", "slow");
        await _room.FillAsync(outbox, 10);
        var cursor = outbox.Cursor("mqtt");
        cursor.Advance(10);
        cursor.Replay(2, 3);
        cursor.Replay(6, 8);
        _room.Ask("DELETE FROM event WHERE sequence IN (2, 3, 7)"); // as eviction does
        Assert.Equal([6, 8], cursor.ReadBehind(10, int.MaxValue).Select(e => e.Sequence));
        cursor.AdvanceBehind(8);
        Assert.Equal((0, 10), (cursor.Behind, cursor.Position));
        Assert.Empty(cursor.ReadBehind(10, int.MaxValue));
    }

    [Fact]
    public async Task An_event_that_is_refused_again_is_one_dead_letter_and_the_rest_comes()
    {
        var outbox = _room.Open("mqtt", "slow");
        await _room.FillAsync(outbox, 10);
        await using var sink = new RejectingSink(e => e.Sequence == 4);
        var run = new DeliveryLoop(outbox, "mqtt", sink, new SinkTelemetry("mqtt"), _room.Time, _room.Log).RunAsync(_stopping.Token);
        await _room.PassTimeUntilAsync(UntilAsync(() => outbox.Depth("mqtt") == 0));
        outbox.Cursor("mqtt").Replay(3, 5);
        await _room.PassTimeUntilAsync(UntilAsync(() => outbox.Depth("mqtt") == 0));
        await _stopping.CancelAsync();
        await run;
        Assert.Equal([1, 2, 3, 5, 6, 7, 8, 9, 10, 3, 5], sink.Taken);
        Assert.Single(outbox.DeadLetters(10));
    }

    private async Task<(Outbox Outbox, JournalSink Sink, Task Run)> StartAsync(int events, DeliveryOptions options)
    {
        var outbox = _room.Open("mqtt", "slow");
        var sink = new JournalSink(_room.Time);
        var run = new DeliveryLoop(outbox, "mqtt", sink, new SinkTelemetry("mqtt"), _room.Time, _room.Log, options: options).RunAsync(_stopping.Token);
        await _room.FillAsync(outbox, events);
        await sink.HasAsync(events);
        return (outbox, sink, run);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo()) await Task.Yield();
    }
}
