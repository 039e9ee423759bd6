using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

/// <summary>How a sink catches up: what goes first, how fast, and what is remembered of it.</summary>
public sealed class DeliveryOrderTests : IAsyncDisposable
{
    private static readonly DeliveryOptions LiveFirst = new(DeliveryOrder.LiveFirst, 0);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly OutboxRoom _room = new();
    private readonly SinkTelemetry _telemetry = new("mqtt");
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _finishing = new();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _room.DisposeAsync();
    }

    [Fact]
    public async Task After_hours_of_outage_the_other_sink_has_missed_nothing_and_the_backlog_comes_in_order()
    {
        var outbox = _room.Open("mqtt", "iothub");
        await using var local = new JournalSink(_room.Time);
        await using var hub = new JournalSink(_room.Time) { IsAway = true };
        Task[] runs = [Run(outbox, local), Run(outbox, hub, "iothub")];
        for (var minute = 1; minute <= 180; minute++)
        {
            await _room.FillAsync(outbox, 5);
            await local.HasAsync(5 * minute);
            _room.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await hub.RefusedAsync();
        Assert.Equal((0, 900), (outbox.Depth("mqtt"), outbox.Depth("iothub")));
        hub.IsAway = false;
        await _room.PassTimeUntilAsync(hub.HasAsync(900));
        Assert.Equal(Numbers(1, 900), hub.Sequences);
        Assert.Equal(local.Journal.Select(j => j.Entry.Id), hub.Journal.Select(j => j.Entry.Id));
        await EndAsync(runs);
    }

    [Fact]
    public async Task Oldest_first_keeps_the_rate_up_to_the_end_of_the_outage_and_the_order_all_along()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 400);
        await using var sink = new JournalSink(_room.Time);
        var run = Run(outbox, sink, options: new(DeliveryOrder.OldestFirst, 200));
        await sink.HasAsync(20);
        await _room.FillAsync(outbox, 50);
        await _room.PassTimeUntilAsync(sink.HasAsync(450), Step);

        Assert.Equal(Numbers(1, 450), sink.Sequences);
        AssertRate([.. sink.Journal.Take(400).Select(j => j.At)], 200);
        await EndAsync(run);
    }

    [Fact]
    public async Task Live_first_lets_live_events_pass_a_backlog_that_trickles()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 500);
        await using var sink = new JournalSink(_room.Time);
        var run = Run(outbox, sink, options: new(DeliveryOrder.LiveFirst, 100));
        await sink.HasAsync(10);
        for (var live = 501; live <= 520; live++)
        {
            await _room.FillAsync(outbox, 1);
            await sink.SeesAsync(live); // and no time passes meanwhile
        }

        Assert.True(sink.Journal.Count < 100, "The backlog went in one go.");
        Assert.Equal(520 - sink.Journal.Count, outbox.Depth("mqtt"));
        await _room.PassTimeUntilAsync(sink.HasAsync(520), Step);
        Assert.Equal(Numbers(501, 20), sink.Sequences.Where(n => n > 500));
        Assert.Equal(Numbers(1, 500), sink.Sequences.Where(n => n <= 500));
        AssertRate([.. sink.Journal.Where(j => j.Entry.Sequence <= 500).Select(j => j.At)], 100);
        Assert.Contains("500 events to catch up with, live ones first and at most 100 of them a second", Assert.Single(_room.Log.Of(EventIds.BacklogFound)), StringComparison.Ordinal);
        await EndAsync(run);
        Assert.Equal((0, 520), (outbox.Depth("mqtt"), outbox.Cursor("mqtt").Position));
    }

    [Fact]
    public async Task Live_first_after_an_outage_sends_what_happens_now_before_what_has_waited()
    {
        var outbox = _room.Open("mqtt");
        await using var sink = new JournalSink(_room.Time) { IsAway = true };
        var run = Run(outbox, sink, options: new(DeliveryOrder.LiveFirst, 10));
        await _room.FillAsync(outbox, 1000);
        await sink.RefusedAsync();
        _room.Time.Advance(TimeSpan.FromHours(2));
        sink.IsAway = false;
        await _room.PassTimeUntilAsync(sink.HasAsync(128)); // the attempt that found it back
        await _room.FillAsync(outbox, 1);
        await sink.SeesAsync(1001);
        Assert.True(sink.Journal.Count < 500);
        await _stopping.CancelAsync();
        await run;
    }

    [Fact]
    public async Task A_few_that_wait_are_no_backlog()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, OutboxRoom.Options.BatchSize);
        await using var sink = new JournalSink(_room.Time);
        await _finishing.CancelAsync();
        await Run(outbox, sink, options: new(DeliveryOrder.LiveFirst, 1)); // the clock stands still
        Assert.Equal(OutboxRoom.Options.BatchSize, sink.Journal.Count);
    }

    [Fact]
    public async Task Finishing_does_not_wait_for_a_backlog_that_may_not_go_yet()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 500);
        await using var sink = new JournalSink(_room.Time);
        await _finishing.CancelAsync();
        await Run(outbox, sink, options: new(DeliveryOrder.LiveFirst, 100)).WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel); // the clock stands still
        Assert.Equal(Numbers(1, 10), sink.Sequences);
        Assert.Equal(490, outbox.Depth("mqtt"));
    }

    [Fact]
    public async Task Without_a_limit_a_backlog_gets_every_fifth_batch_while_live_events_wait()
    {
        var outbox = _room.Open("mqtt");
        var cursor = outbox.Cursor("mqtt");
        await _room.FillAsync(outbox, 300);
        var turns = new DeliveryTurns(outbox, cursor, LiveFirst, _room.Time);
        Assert.Equal(300, turns.NoteBacklog());
        await _room.FillAsync(outbox, 128 * 10);
        var order = "";
        while (turns.Next() is { Entries.Count: > 0 } batch)
        {
            order += batch.IsBehind ? 'b' : 'L';
            if (batch.IsBehind) cursor.AdvanceBehind(batch.Entries[^1].Sequence);
            else cursor.Advance(batch.Entries[^1].Sequence);
            turns.Count(batch, batch.Entries.Count);
        }

        Assert.Equal("LLLLbLLLLbLLb", order);
    }

    [Fact]
    public async Task What_is_behind_goes_while_live_events_linger()
    {
        var outbox = _room.Open("mqtt", "slow");
        await _room.FillAsync(outbox, 200);
        await using var sink = new LingeringSink(enough: 3, _room.Time);
        var run = Run(outbox, sink, options: LiveFirst);
        Assert.Equal(string.Join(',', Numbers(1, 128)), await sink.BatchAsync());
        Assert.Equal(string.Join(',', Numbers(129, 72)), await sink.BatchAsync());
        await _room.FillAsync(outbox, 1);
        await sink.AskedAsync(1);
        Assert.Equal(2, outbox.Cursor("slow").Replay(7, 8));
        Assert.Equal(2, outbox.Cursor("mqtt").Replay(7, 8));
        Assert.Equal("7,8", await sink.BatchAsync());
        _room.Time.Advance(LingeringSink.Patience);
        Assert.Equal("201", await sink.BatchAsync());
        await _stopping.CancelAsync();
        await run;
    }

    [Fact]
    public async Task A_kill_in_the_middle_of_back_filling_sends_little_again()
    {
        var outbox = _room.Open("mqtt");
        var cursor = outbox.Cursor("mqtt");
        await _room.FillAsync(outbox, 1000);
        cursor.LeaveBehind();
        await _room.FillAsync(outbox, 50);
        cursor.Advance(1040);
        cursor.AdvanceBehind(cursor.ReadBehind(300, int.MaxValue)[^1].Sequence);
        await _room.FillAsync(outbox, 1); // what has moved is saved with the next commit

        var left = _room.OpenIn(_room.CutPower(_room.Directory), _room.Time, "mqtt").Cursor("mqtt");
        Assert.Equal((300, 1040, 700, 711), (left.Position, left.Live, left.Behind, left.Depth));
        Assert.Equal(301, left.ReadBehind(1, int.MaxValue)[0].Sequence);
        Assert.Equal(1041, left.Read(1, int.MaxValue)[0].Sequence);
    }

    [Theory]
    [InlineData("no note at all", "DELETE FROM meta WHERE name = 'cursor:mqtt'")]
    [InlineData("a note of nonsense", "UPDATE meta SET value = 'x:y' WHERE name = 'cursor:mqtt'")]
    [InlineData("a note beyond the end", "UPDATE meta SET value = '9999:1-900' WHERE name = 'cursor:mqtt'")]
    [InlineData("a cursor that was set by hand", "UPDATE cursor SET sequence = 0; UPDATE meta SET value = '100:41-60' WHERE name = 'cursor:mqtt'")]
    public async Task Without_a_note_that_fits_all_from_the_lowest_comes_again(string what, string sql)
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 100);
        outbox.Cursor("mqtt").LeaveBehind();
        await outbox.DisposeAsync();
        _room.Ask(sql);

        var cursor = _room.Open("mqtt").Cursor("mqtt");
        Assert.True((cursor.Live, cursor.Behind, cursor.Depth) == (0, 0, 100), what);
    }

    [Fact]
    public async Task What_is_behind_is_not_deleted_before_it_is_delivered()
    {
        var outbox = _room.Open("mqtt");
        var cursor = outbox.Cursor("mqtt");
        await _room.FillAsync(outbox, 500);
        cursor.LeaveBehind();
        for (var i = 0; i < 5; i++) cursor.Advance(await _room.FillAsync(outbox, 100));
        Assert.Equal(1L, _room.Ask("SELECT min(sequence) FROM event"));
        Assert.Equal(500, cursor.Behind);
        cursor.ReadBehind(1, int.MaxValue);
        cursor.AdvanceBehind(500);
        await _room.FillAsync(outbox, 1);
        await _room.FillAsync(outbox, 1);
        Assert.Equal(1001L, _room.Ask("SELECT min(sequence) FROM event"));
    }

    private Task Run(Outbox outbox, IEventSink sink, string name = "mqtt", DeliveryOptions? options = null) =>
        new DeliveryLoop(outbox, name, sink, _telemetry, _room.Time, _room.Log, options: options).RunAsync(_stopping.Token, _finishing.Token);

    private async Task EndAsync(params Task[] runs)
    {
        await _finishing.CancelAsync();
        await Task.WhenAll(runs).WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);
    }

    private static IEnumerable<long> Numbers(long from, int count) => Enumerable.Range(0, count).Select(n => from + n);

    /// <summary>Between any two moments there came no more than the rate allows, and one portion of a tenth of a second.</summary>
    private void AssertRate(long[] times, int perSecond)
    {
        var portion = perSecond / 10;
        for (var i = 0; i < times.Length; i++)
        {
            for (var j = i; j < times.Length; j += portion)
            {
                var most = portion + 1 + (_room.Time.GetElapsedTime(times[i], times[j]).TotalSeconds * perSecond);
                Assert.True(j - i + 1 <= most + portion, $"{j - i + 1} events in {_room.Time.GetElapsedTime(times[i], times[j]).TotalMilliseconds} ms");
            }
        }
    }
}
