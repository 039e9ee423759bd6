using EdgeVision.Delivery;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EdgeVision.Tests.Delivery;

public sealed class OutboxFailureTests : IAsyncDisposable
{
    private readonly OutboxRoom _room = new();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task A_full_disk_holds_events_back_and_loses_none()
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

        for (var i = 0; i < 20; i++) _room.Time.Advance(TimeSpan.FromSeconds(5)); // attempts that fail
        LimitPages(outbox, 1_000_000);
        await _room.PassTimeUntilAsync(Task.WhenAll(appends));
        await _room.Log.HearAsync(EventIds.OutboxWriteRecovered);
        Assert.Single(_room.Log.Of(EventIds.OutboxWriteFailed));
        Assert.Equal(Enumerable.Range(11, 300).Select(n => (long)n), appends.Select(a => a.Result).Order());
        Assert.Equal(300, outbox.Cursor("mqtt").Read(1000, int.MaxValue)[^1].CameraSequence);
        Assert.Equal(311, await _room.AppendAsync(outbox, _room.Event()));
        Assert.True(outbox.Status.Writable);
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

        await _room.PassTimeUntilAsync(append);
        Assert.Equal(1, await append);
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
