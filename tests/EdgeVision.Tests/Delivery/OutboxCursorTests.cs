using EdgeVision.Delivery;
using EdgeVision.Events;

namespace EdgeVision.Tests.Delivery;

public sealed class OutboxCursorTests : IAsyncDisposable
{
    private readonly OutboxRoom _room = new();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task A_waiting_reader_is_woken_by_the_commit()
    {
        var outbox = _room.Open("mqtt");
        var read = outbox.Cursor("mqtt").ReadAsync(10, int.MaxValue, OutboxRoom.Cancel).AsTask();
        Assert.False(read.IsCompleted);
        await _room.AppendAsync(outbox, _room.Event());
        Assert.Equal(1, Assert.Single(await read.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel)).Sequence);
    }

    [Fact]
    public async Task A_batch_ends_at_its_count_or_its_bytes_and_holds_at_least_one()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 5);
        var cursor = outbox.Cursor("mqtt");
        Assert.Equal(3, cursor.Read(3, int.MaxValue).Count);
        Assert.Single(cursor.Read(3, 1));
        var two = cursor.Read(2, int.MaxValue).Sum(e => e.Body.Length);
        Assert.Equal(2, cursor.Read(5, two).Count);
        Assert.Single(cursor.Read(5, two - 1));
    }

    [Fact]
    public async Task Events_come_again_until_the_cursor_passes_them()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 3);
        var cursor = outbox.Cursor("mqtt");
        Assert.Equal([1, 2, 3], cursor.Read(10, int.MaxValue).Select(e => e.Sequence));
        cursor.Advance(2);
        cursor.Advance(1); // never back
        Assert.Equal([3], cursor.Read(10, int.MaxValue).Select(e => e.Sequence));
        Assert.Throws<ArgumentOutOfRangeException>(() => cursor.Advance(4));
    }

    [Fact]
    public async Task A_cursor_is_saved_on_closing()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 3);
        outbox.Cursor("mqtt").Advance(2);
        await outbox.DisposeAsync();
        Assert.Equal(2, _room.Open("mqtt").Cursor("mqtt").Position);
    }

    [Fact]
    public async Task A_cursor_is_saved_within_250_ms_without_any_append()
    {
        var outbox = _room.Open("mqtt", "slow");
        await _room.FillAsync(outbox, 3);
        outbox.Cursor("mqtt").Advance(2);
        await _room.PassTimeUntilAsync(SavedAsync());

        async Task SavedAsync()
        {
            while (_room.Ask("SELECT sequence FROM cursor WHERE sink = 'mqtt'") is not 2L) await Task.Yield();
        }
    }

    [Fact]
    public async Task A_cursor_is_saved_with_the_next_commit()
    {
        var outbox = _room.Open("mqtt", "slow");
        await _room.FillAsync(outbox, 3);
        outbox.Cursor("mqtt").Advance(2);
        await _room.AppendAsync(outbox, _room.Event());
        Assert.Equal(2L, _room.Ask("SELECT sequence FROM cursor WHERE sink = 'mqtt'"));
    }

    [Fact]
    public async Task Events_that_every_sink_has_are_deleted_and_no_others()
    {
        var outbox = _room.Open("fast", "slow");
        await _room.FillAsync(outbox, 10);
        outbox.Cursor("fast").Advance(10);
        outbox.Cursor("slow").Advance(4);
        await _room.AppendAsync(outbox, _room.Event());
        Assert.Equal(5L, _room.Ask("SELECT min(sequence) FROM event"));
        Assert.Equal((11, 1, 5, true), (outbox.Status.LastSequence, outbox.Status.FirstSequence, outbox.Status.OldestSequence, outbox.Status.Writable));
        Assert.Equal((1, 7), (outbox.Depth("fast"), outbox.Depth("slow")));
    }

    [Fact]
    public async Task A_sink_that_is_no_longer_configured_holds_nothing_back()
    {
        var outbox = _room.Open("mqtt", "retired");
        await _room.FillAsync(outbox, 10);
        await outbox.DisposeAsync();

        outbox = _room.Open("mqtt");
        outbox.Cursor("mqtt").Advance(10);
        await _room.AppendAsync(outbox, _room.Event());
        Assert.Equal(11L, _room.Ask("SELECT min(sequence) FROM event"));
    }

    [Fact]
    public async Task A_new_sink_starts_at_the_oldest_event_held()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 10);
        outbox.Cursor("mqtt").Advance(4);
        await _room.AppendAsync(outbox, _room.Event());
        await outbox.DisposeAsync();

        outbox = _room.Open("mqtt", "new");
        Assert.Equal(5, outbox.Cursor("new").Read(1, int.MaxValue)[0].Sequence);
        Assert.Equal(7, outbox.Depth("new"));
    }

    [Fact]
    public async Task Without_sinks_events_are_kept()
    {
        var outbox = _room.Open();
        await _room.FillAsync(outbox, 10);
        await _room.AppendAsync(outbox, _room.Event());
        Assert.Equal(11L, _room.Ask("SELECT count(*) FROM event"));
    }

    [Fact]
    public async Task Numbers_without_events_are_passed_over()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 5);
        _room.Ask("DELETE FROM event"); // as eviction does
        Assert.Empty(outbox.Cursor("mqtt").Read(10, int.MaxValue));
        Assert.Equal(0, outbox.Depth("mqtt"));
    }

    [Fact]
    public async Task The_file_gives_space_back_after_a_backlog_is_drained()
    {
        var outbox = _room.Open("mqtt");
        var words = new string('x', 4000);
        for (var i = 0; i < 20; i++)
        {
            await _room.AppendAsync(outbox, [.. Enumerable.Range(0, 400).Select(_ => (VisionEvent)new SystemEvent
            {
                Time = _room.Time.GetUtcNow(), Kind = SystemEventKind.Started, Message = words,
            })]);
        }

        var full = (long)_room.Ask("PRAGMA page_count")!;
        outbox.Cursor("mqtt").Advance(8000);
        await _room.AppendAsync(outbox, _room.Event());
        // Deleting and giving back goes on in steps between the appends.
        for (var i = 0; (long)_room.Ask("PRAGMA page_count")! > OutboxLedger.KeptFreePages + OutboxLedger.VacuumPages + 100; i++)
        {
            Assert.True(i < 1000, $"The file still has {_room.Ask("PRAGMA page_count")} of {full} pages.");
            await _room.AppendAsync(outbox, _room.Event());
        }

        Assert.True(full > 8000);
    }

    [Fact]
    public async Task A_rejected_event_is_kept_whole_before_the_cursor_passes_it()
    {
        var outbox = _room.Open("mqtt");
        await _room.AppendAsync(outbox, _room.Event("door"), _room.Event("door"));
        var cursor = outbox.Cursor("mqtt");
        var entry = cursor.Read(1, int.MaxValue)[0];
        _room.Time.Advance(OutboxRoom.Options.GroupCommit);
        await cursor.RejectAsync(entry, "packet too large", OutboxRoom.Cancel);
        Assert.Equal(1, cursor.Position);

        var left = _room.OpenIn(_room.CutPower(_room.Directory), _room.Time, "mqtt");
        var letter = Assert.Single(left.DeadLetters(10));
        Assert.Equal(("mqtt", "packet too large", entry.Sequence, entry.Id, "door"), (letter.Sink, letter.Reason, letter.Entry.Sequence, letter.Entry.Id, letter.Entry.Camera!));
        Assert.Equal(entry.Body.ToArray(), letter.Entry.Body.ToArray());
    }

    [Fact]
    public async Task An_event_rejected_again_after_a_crash_is_one_dead_letter()
    {
        var outbox = _room.Open("mqtt");
        await _room.AppendAsync(outbox, _room.Event());
        var cursor = outbox.Cursor("mqtt");
        var entry = cursor.Read(1, int.MaxValue)[0];
        for (var i = 0; i < 2; i++)
        {
            _room.Time.Advance(OutboxRoom.Options.GroupCommit);
            await cursor.RejectAsync(entry, "packet too large", OutboxRoom.Cancel);
        }

        Assert.Single(outbox.DeadLetters(10));
    }

    [Fact]
    public async Task A_reader_that_waits_when_the_outbox_closes_is_told()
    {
        var outbox = _room.Open("mqtt");
        var read = outbox.Cursor("mqtt").ReadAsync(10, int.MaxValue, OutboxRoom.Cancel).AsTask();
        await outbox.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel));
    }

    [Fact]
    public void A_sink_that_was_not_named_has_no_cursor() =>
        Assert.Contains("'other'", Assert.Throws<ArgumentException>(() => _room.Open("mqtt").Cursor("other")).Message, StringComparison.Ordinal);
}
