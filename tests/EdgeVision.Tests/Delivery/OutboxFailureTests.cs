using EdgeVision.Delivery;
using EdgeVision.Events;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EdgeVision.Tests.Delivery;

public sealed class OutboxFailureTests : IAsyncDisposable
{
    private readonly OutboxRoom _room = new();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task A_full_disk_keeps_events_in_memory_and_loses_none()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 10);
        LimitPages(outbox, 1); // SQLite takes the present size instead: not one page more

        _room.Time.Advance(OutboxRoom.Options.GroupCommit);
        var appends = Enumerable.Range(0, 300).Select(_ => outbox.AppendAsync(_room.Event("door"), OutboxRoom.Cancel).AsTask()).ToArray();
        var hear = _room.Log.HearAsync(EventIds.OutboxWriteFailed);
        await _room.PassTimeUntilAsync(hear);
        var line = await hear;
        Assert.Contains("database or disk is full", line, StringComparison.Ordinal);
        Assert.Contains("free some space", line, StringComparison.Ordinal);
        Assert.False(outbox.Status.Writable);

        for (var i = 0; i < 20; i++) _room.Time.Advance(TimeSpan.FromSeconds(1)); // attempts that fail
        await _room.PassTimeUntilAsync(_room.Log.HearAsync(EventIds.OutboxHoldsInMemory), TimeSpan.FromMilliseconds(100)); // the writer's thread may be late on a busy machine
        LimitPages(outbox, 1_000_000);
        // In small steps: ten minutes without a disk would cost events.
        await _room.PassTimeUntilAsync(Task.WhenAll(appends), TimeSpan.FromMilliseconds(100));
        await _room.PassTimeUntilAsync(_room.Log.HearAsync(EventIds.OutboxWriteRecovered), TimeSpan.FromMilliseconds(100));
        Assert.Single(_room.Log.Of(EventIds.OutboxWriteFailed));
        Assert.All(appends.Skip(100), a => Assert.Equal(0, a.Result)); // nobody was kept waiting
        Assert.Equal(311, await _room.AppendAsync(outbox, _room.Event()));
        var events = outbox.Cursor("mqtt").Read(1000, int.MaxValue);
        Assert.Equal(Enumerable.Range(1, 311).Select(n => (long)n), events.Select(e => e.Sequence));
        Assert.Equal(300, events[^2].CameraSequence);
        Assert.True(outbox.Status.Writable);
        Assert.Equal((0, 0), (outbox.Status.Holdings.InMemory, outbox.Status.Holdings.EvictedEvents));
    }

    [Fact]
    public async Task A_disk_that_refuses_for_too_long_costs_the_oldest_of_the_lowest_family_and_an_event_says_so()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 10);
        LimitPages(outbox, 1);
        _room.Time.Advance(OutboxRoom.Options.GroupCommit);
        var rounds = 0;
        while (outbox.Status.Holdings.EvictedEvents == 0 && rounds < 30)
        {
            rounds++;
            var append = outbox.AppendAsync([_room.Event(), .. Enumerable.Range(0, 999).Select(_ => _room.Event("door"))], OutboxRoom.Cancel).AsTask();
            await _room.PassTimeUntilAsync(append);
            if (rounds == 10) LimitPages(outbox, 1_000_000);
        }

        await _room.PassTimeUntilAsync(_room.Log.HearAsync(EventIds.OutboxWriteRecovered));
        var events = outbox.Cursor("mqtt").Read(100_000, int.MaxValue);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Sequence)); // what never had a number leaves no gap
        var evicted = outbox.Status.Holdings.Evicted;
        Assert.True(evicted[EventFamily.Camera] >= 10_000 - OutboxWriter.MemoryEvents);
        Assert.Equal(0, evicted[EventFamily.System]);
        var told = OutboxLosses.Of(events);
        Assert.Equal(evicted[EventFamily.Camera], told.Sum(t => t.Count) + (long)_room.Ask("SELECT ifnull(sum(count), 0) FROM loss")!);
        Assert.All(told, t => Assert.Equal(("camera", 0L, 0L), (t.Family, t.From, t.To)));
        Assert.Equal((rounds * 1000) + 10 - evicted[EventFamily.Camera] + told.Count, events.Count);
    }

    [Fact]
    public async Task On_a_full_disk_the_oldest_of_the_lowest_family_makes_room_and_nobody_waits()
    {
        var outbox = _room.Open("mqtt");
        for (var i = 0; i < 10; i++) await _room.AppendAsync(outbox, [_room.Event(), .. Enumerable.Range(0, 300).Select(_ => _room.Event("door"))]);
        LimitPages(outbox, 1);
        _room.Time.Advance(OutboxRoom.Options.GroupCommit);
        await _room.PassTimeUntilAsync(outbox.AppendAsync([.. Enumerable.Range(0, 300).Select(_ => _room.Event("yard"))], OutboxRoom.Cancel).AsTask());
        _room.Time.Advance(TimeSpan.FromMinutes(10)); // memory has held them for long enough
        await _room.PassTimeUntilAsync(_room.Log.HearAsync(EventIds.OutboxWriteRecovered));

        var events = outbox.Cursor("mqtt").Read(100_000, int.MaxValue);
        Assert.Equal(10, events.Count(e => e.Type == "io.edgevision.system.v1" && OutboxLosses.Of([e]).Count == 0));
        Assert.Equal(300, events.Count(e => e.Camera == "yard"));
        var lost = Assert.Single(OutboxLosses.Of(events), l => l.From == 2);
        Assert.Equal("camera", lost.Family);
        Assert.DoesNotContain(events, e => e.Camera == "door" && e.Sequence <= lost.To);
    }

    [Fact]
    public async Task On_a_full_disk_delivered_events_make_room()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 400);
        LimitPages(outbox, 1);
        _room.Time.Advance(OutboxRoom.Options.GroupCommit);
        var appends = Enumerable.Range(0, 300).Select(_ => outbox.AppendAsync(_room.Event(), OutboxRoom.Cancel).AsTask()).ToArray();
        await _room.PassTimeUntilAsync(_room.Log.HearAsync(EventIds.OutboxWriteFailed));

        outbox.Cursor("mqtt").Advance(400); // the broker has them: their pages are free
        await _room.PassTimeUntilAsync(Task.WhenAll(appends));
        await _room.PassTimeUntilAsync(_room.Log.HearAsync(EventIds.OutboxWriteRecovered));
        Assert.Equal(700, outbox.LastSequence);
        Assert.Equal(401L, _room.Ask("SELECT min(sequence) FROM event"));
    }

    [Fact]
    public async Task A_file_held_by_another_program_is_waited_for()
    {
        var outbox = _room.Open("mqtt");
        Task<long> append;
        using (var browser = new SqliteConnection($"Data Source={_room.File};Pooling=False"))
        {
            browser.Open();
            using var hold = browser.BeginTransaction(deferred: false);
            append = outbox.AppendAsync(_room.Event(), OutboxRoom.Cancel).AsTask();
            Assert.Contains("Another program holds the file: close it.", await _room.Log.HearAsync(EventIds.OutboxWriteFailed), StringComparison.Ordinal);
            Assert.False(append.IsCompleted);
        }

        // After two seconds nobody waits any more: 0 says that it is in memory until then.
        await _room.PassTimeUntilAsync(append);
        Assert.InRange(await append, 0, 1);
        await _room.PassTimeUntilAsync(outbox.AppendAsync(_room.Event(), OutboxRoom.Cancel).AsTask());
        await using var sink = new LingeringSink(enough: 2, _room.Time);
        using var stop = new CancellationTokenSource();
        var run = new DeliveryLoop(outbox, "mqtt", sink, new SinkTelemetry("mqtt"), _room.Time, _room.Log).RunAsync(stop.Token);
        var batch = sink.BatchAsync();
        await _room.PassTimeUntilAsync(batch);
        Assert.Equal("1,2", await batch);
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task Closing_on_a_full_disk_gives_up_at_the_deadline_and_says_what_is_lost()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 10);
        LimitPages(outbox, 1);
        _room.Time.Advance(OutboxRoom.Options.GroupCommit);
        var append = outbox.AppendAsync([.. Enumerable.Range(0, 300).Select(_ => _room.Event())], OutboxRoom.Cancel).AsTask();
        await _room.Log.HearAsync(EventIds.OutboxWriteFailed);

        using var deadline = new CancellationTokenSource();
        var close = outbox.CloseAsync(deadline.Token);
        Assert.False(close.IsCompleted);
        await deadline.CancelAsync();
        await close.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);
        Assert.Contains("was closed before", (await Assert.ThrowsAsync<OutboxException>(() => append)).Message, StringComparison.Ordinal);
        Assert.Contains("300 events", Assert.Single(_room.Log.Of(EventIds.OutboxClosedWithLoss)), StringComparison.Ordinal);
        Assert.Equal(10, _room.Open("mqtt").LastSequence);
    }

    /// <summary>A disk that is full: the writer may not make its file larger than so many pages.</summary>
    private static void LimitPages(Outbox outbox, int pages) =>
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(outbox.File.Writer.Handle, $"PRAGMA max_page_count = {pages}"));
}
