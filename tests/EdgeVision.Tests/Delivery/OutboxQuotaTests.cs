using EdgeVision.Delivery;
using EdgeVision.Events;

namespace EdgeVision.Tests.Delivery;

public sealed class OutboxQuotaTests : IAsyncDisposable
{
    private static readonly OutboxQuota Wide = OutboxRoom.Options.Quota with { MinFreeBytes = 0 };
    private readonly OutboxRoom _room = new();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task At_the_limit_of_events_the_oldest_of_the_lowest_family_goes_and_one_event_tells_which()
    {
        var outbox = _room.Open(Wide with { MaxEvents = 100 }, "mqtt");
        await _room.FillAsync(outbox, 60); // system
        await CamerasAsync(outbox, 60);
        await SettleAsync(outbox);

        var events = outbox.Cursor("mqtt").Read(1000, int.MaxValue);
        Assert.Equal(60, events.Count(e => e.Family is EventFamily.System && OutboxLosses.Of([e]).Count == 0));
        var told = OutboxLosses.Of(events);
        Assert.Equal(("eventsEvicted", "camera", 61L), (told[0].Kind, told[0].Family!, told[0].From));
        Assert.DoesNotContain(events, e => e.Sequence >= 61 && e.Sequence <= told[0].To);
        Assert.Equal(outbox.Status.Holdings.Evicted[EventFamily.Camera], 60 - events.Count(e => e.Family is EventFamily.Camera));
        Assert.InRange(outbox.Status.Holdings.Events, 95, 100);
        Assert.Equal(outbox.Status.Holdings.Events, outbox.Depth("mqtt"));
    }

    [Fact]
    public async Task Losses_of_the_same_minute_make_one_event_more_and_none_is_forgotten()
    {
        var outbox = _room.Open(Wide with { MaxEvents = 100 }, "mqtt");
        await CamerasAsync(outbox, 100);
        for (var i = 0; i < 20; i++) await CamerasAsync(outbox, 10);
        await SettleAsync(outbox);
        Assert.Single(_room.Log.Of(EventIds.EventsEvicted));

        _room.Time.Advance(TimeSpan.FromMinutes(1));
        await _room.AppendAsync(outbox, _room.Event("door"));
        await SettleAsync(outbox);
        var told = OutboxLosses.Of(outbox.Cursor("mqtt").Read(1000, int.MaxValue));
        Assert.Equal(2, told.Count);
        Assert.Equal(outbox.Status.Holdings.EvictedEvents - Pending(), told.Sum(t => t.Count));
        Assert.Equal((1L, told[0].To + 1), (told[0].From, told[1].From));
    }

    [Fact]
    public async Task A_loss_that_no_event_has_told_yet_survives_a_power_cut()
    {
        var quota = Wide with { MaxEvents = 100 };
        var outbox = _room.Open(quota, "mqtt");
        await CamerasAsync(outbox, 100);
        for (var i = 0; i < 5; i++) await CamerasAsync(outbox, 10);
        await SettleAsync(outbox);
        var lost = outbox.Status.Holdings.EvictedEvents;
        Assert.True(Pending() > 0);

        var left = _room.OpenIn(_room.CutPower(_room.Directory), _room.Time, OutboxRoom.Options with { Quota = quota }, "mqtt");
        await _room.PatientlyAppendAsync(left, _room.Event());
        await SettleAsync(left);
        var events = left.Cursor("mqtt").Read(1000, int.MaxValue);
        Assert.Equal(lost + left.Status.Holdings.EvictedEvents - PendingIn(left), OutboxLosses.Of(events).Sum(t => t.Count));
    }

    [Fact]
    public async Task The_limit_of_bytes_holds_and_what_every_sink_has_goes_first_and_silently()
    {
        var outbox = _room.Open(Wide with { MaxBytes = 1 << 20, KeepDelivered = TimeSpan.FromDays(1) }, "mqtt");
        for (var i = 0; i < 10; i++)
        {
            await CamerasAsync(outbox, 300);
            outbox.Cursor("mqtt").Advance(outbox.LastSequence);
        }

        await CamerasAsync(outbox, 300);
        await SettleAsync(outbox);
        Assert.InRange(outbox.Status.Holdings.Bytes, 700_000, 1 << 20);
        Assert.Equal(0, outbox.Status.Holdings.EvictedEvents);
        Assert.Equal(300, outbox.Cursor("mqtt").Read(1000, int.MaxValue).Count);

        for (var i = 0; i < 10; i++) await CamerasAsync(outbox, 300);
        await SettleAsync(outbox);
        Assert.InRange(outbox.Status.Holdings.Bytes, 700_000, 1 << 20);
        Assert.True(outbox.Status.Holdings.EvictedEvents > 1000);
    }

    [Fact]
    public async Task What_every_sink_has_stays_for_a_replay_and_then_goes()
    {
        var outbox = _room.Open(Wide with { KeepDelivered = TimeSpan.FromMinutes(60) }, "mqtt");
        await _room.FillAsync(outbox, 10);
        outbox.Cursor("mqtt").Advance(10);
        for (var minute = 0; minute < 58; minute++) await MinuteAsync(outbox);
        Assert.Equal(1, outbox.Status.OldestSequence);
        Assert.InRange(outbox.Status.Holdings.OldestAge!.Value.TotalMinutes, 55, 59);

        for (var minute = 0; minute < 5; minute++) await MinuteAsync(outbox);
        await SettleAsync(outbox);
        Assert.InRange(outbox.Status.OldestSequence, 11, 15);
        Assert.Equal(0, outbox.Status.Holdings.EvictedEvents);
    }

    [Fact]
    public async Task Events_past_their_age_go_whatever_their_family()
    {
        var outbox = _room.Open(Wide with { MaxAge = TimeSpan.FromMinutes(30) }, "mqtt");
        await _room.FillAsync(outbox, 10);
        for (var minute = 0; minute < 35; minute++) await MinuteAsync(outbox);
        await SettleAsync(outbox);
        Assert.InRange(outbox.Status.OldestSequence, 11, 20);
        Assert.True(outbox.Status.Holdings.Evicted[EventFamily.System] >= 10);
    }

    [Fact]
    public async Task A_wall_clock_that_jumps_ages_nothing_not_even_across_a_restart_more_than_a_day()
    {
        var wall = new JumpingTime(_room.Time);
        Outbox Open() => _room.OpenIn(_room.Directory, wall, OutboxRoom.Options with { Quota = Wide with { MaxAge = TimeSpan.FromDays(2) } }, "mqtt");
        var outbox = Open();
        await _room.FillAsync(outbox, 10);
        await MinuteAsync(outbox);
        wall.Offset += TimeSpan.FromDays(3650);
        await MinuteAsync(outbox);
        await MinuteAsync(outbox);
        await SettleAsync(outbox);
        Assert.Equal(1, outbox.Status.OldestSequence);
        await outbox.DisposeAsync();

        wall.Offset += TimeSpan.FromDays(3650);
        outbox = Open();
        await MinuteAsync(outbox);
        await SettleAsync(outbox);
        Assert.Equal(1, outbox.Status.OldestSequence);
        await outbox.DisposeAsync();

        wall.Offset -= TimeSpan.FromDays(10_000);
        outbox = Open();
        await MinuteAsync(outbox);
        Assert.InRange(outbox.Status.Holdings.OldestAge!.Value.TotalHours, 24, 24.2);
        Assert.Equal(1, outbox.Status.OldestSequence);
    }

    [Fact]
    public async Task With_little_left_on_the_disk_the_file_does_not_grow_and_nothing_more_goes_than_comes()
    {
        var outbox = _room.Open(Wide with { MinFreeBytes = 1000, KeepDelivered = TimeSpan.FromDays(1) }, "mqtt");
        outbox.File.FreeBytes = () => 5000;
        for (var i = 0; i < 50; i++) await CamerasAsync(outbox, 300);
        var before = outbox.Status.Holdings;
        Assert.True(before.Bytes > 5 << 20);
        outbox.File.FreeBytes = () => 999;
        _room.Time.Advance(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 10; i++) await CamerasAsync(outbox, 300);
        await SettleAsync(outbox);
        Assert.InRange(outbox.Status.Holdings.Bytes, before.Bytes * 9 / 10, before.Bytes * 11 / 10);
        Assert.InRange(outbox.Status.Holdings.EvictedEvents, 2000, 4000);

        outbox.Cursor("mqtt").Advance(outbox.LastSequence); // delivered: its room is given back at once
        await CamerasAsync(outbox, 1);
        await SettleAsync(outbox);
        Assert.True(outbox.Status.Holdings.Events < 10);
    }

    [Fact]
    public async Task Dead_letters_are_bounded_the_oldest_go_and_are_counted()
    {
        var outbox = _room.Open(Wide with { MaxDeadLetters = 5 }, "mqtt");
        await _room.FillAsync(outbox, 12);
        var cursor = outbox.Cursor("mqtt");
        foreach (var entry in cursor.Read(100, int.MaxValue))
        {
            _room.Time.Advance(OutboxRoom.Options.GroupCommit);
            await cursor.RejectAsync(entry, "packet too large", OutboxRoom.Cancel);
        }

        Assert.Equal([8, 9, 10, 11, 12], outbox.DeadLetters(100).Select(l => l.Entry.Sequence));
        Assert.Equal((5, 7), (outbox.Status.Holdings.DeadLetters, outbox.Status.Holdings.DeadLettersDropped));
        Assert.Single(_room.Log.Of(EventIds.DeadLettersDropped));
    }

    [Fact]
    public async Task Dead_letters_are_bounded_by_bytes_too()
    {
        var outbox = _room.Open(Wide with { DeadLetterBytes = 2000 }, "mqtt");
        await _room.FillAsync(outbox, 12);
        var cursor = outbox.Cursor("mqtt");
        foreach (var entry in cursor.Read(100, int.MaxValue))
        {
            _room.Time.Advance(OutboxRoom.Options.GroupCommit);
            await cursor.RejectAsync(entry, "packet too large", OutboxRoom.Cancel);
        }

        var letters = outbox.DeadLetters(100);
        Assert.Equal(12, letters[^1].Entry.Sequence);
        Assert.InRange(letters.Sum(l => l.Entry.Body.Length), 1000, 2000);
    }

    [Fact]
    public void Marks_of_age_are_found_and_forgotten()
    {
        var ages = new OutboxAges();
        Assert.Equal((0, 0L), (ages.Count, ages.UpTo(long.MaxValue)));
        foreach (var (sequence, held) in ((long, long)[])[(10, 100), (20, 200), (20, 250), (15, 260), (30, 300), (40, 290)]) ages.Add(sequence, held);
        Assert.Equal([0, 10, 10, 20, 30], ((long[])[99, 100, 199, 299, 1000]).Select(ages.UpTo));
        Assert.Equal([100, 200, 300, null], ((long[])[1, 11, 30, 31]).Select(ages.HeldSince));
        ages.Prune(21);
        Assert.Equal((1, 0, 30), (ages.Count, ages.UpTo(299), ages.UpTo(300)));
        ages.Prune(1000);
        Assert.Equal((1, 30), (ages.Count, ages.LastSequence));
    }

    private Task<long> CamerasAsync(Outbox outbox, int count) => _room.AppendAsync(outbox, [.. Enumerable.Range(0, count).Select(_ => _room.Event("door"))]);

    private async Task MinuteAsync(Outbox outbox)
    {
        _room.Time.Advance(TimeSpan.FromMinutes(1));
        await _room.AppendAsync(outbox, _room.Event());
    }

    private Task SettleAsync(Outbox outbox) => _room.IdleAsync(outbox);

    private long Pending() => (long)_room.Ask("SELECT ifnull(sum(count), 0) FROM loss")!;

    private static long PendingIn(Outbox outbox) => (long)OutboxRoom.AskIn(Path.GetDirectoryName(outbox.File.Path)!, "SELECT ifnull(sum(count), 0) FROM loss")!;
}
