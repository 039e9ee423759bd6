using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

/// <summary>Sinks that come and go while events are appended.</summary>
public sealed class OutboxSinkTests : IAsyncDisposable
{
    private readonly OutboxRoom _room = new();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task A_sink_added_later_begins_with_what_another_does_not_have_and_holds_events_back()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 10);
        outbox.Cursor("mqtt").Advance(4);

        var added = outbox.AddSink("webhook-erp");
        Assert.Equal((4, 6), (added.Position, outbox.Depth("webhook-erp")));
        Assert.Equal(5, added.Read(1, int.MaxValue)[0].Sequence);
        Assert.Same(added, outbox.AddSink("webhook-erp"));
        Assert.Same(added, outbox.Cursor("webhook-erp"));

        outbox.Cursor("mqtt").Advance(10);
        await _room.AppendAsync(outbox, _room.Event());
        Assert.Equal(5, outbox.Status.OldestSequence);
    }

    [Fact]
    public async Task The_first_sink_of_all_gets_everything_that_is_held()
    {
        var outbox = _room.Open();
        await _room.FillAsync(outbox, 10);
        Assert.Equal(Enumerable.Range(1, 10).Select(n => (long)n), outbox.AddSink("mqtt").Read(100, int.MaxValue).Select(e => e.Sequence));
    }

    [Fact]
    public async Task A_waiting_reader_of_an_added_sink_is_woken_by_the_commit()
    {
        var outbox = _room.Open();
        var read = outbox.AddSink("mqtt").ReadAsync(10, int.MaxValue, OutboxRoom.Cancel).AsTask();
        Assert.False(read.IsCompleted);
        await _room.AppendAsync(outbox, _room.Event());
        Assert.Equal(1, Assert.Single(await read.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel)).Sequence);
    }

    [Fact]
    public async Task A_removed_sink_holds_nothing_back_and_its_cursor_is_closed()
    {
        var outbox = _room.Open("mqtt", "away");
        await _room.FillAsync(outbox, 10);
        outbox.Cursor("mqtt").Advance(10);
        var away = outbox.Cursor("away");

        Assert.True(outbox.RemoveSink("away"));
        Assert.False(outbox.RemoveSink("away"));
        await _room.AppendAsync(outbox, _room.Event());
        Assert.Equal(11, outbox.Status.OldestSequence);
        Assert.Throws<ArgumentException>(() => outbox.Cursor("away"));
        Assert.Throws<ObjectDisposedException>(() => away.Read(1, int.MaxValue));
    }

    [Fact]
    public async Task A_sink_that_comes_back_goes_on_where_it_was()
    {
        var outbox = _room.Open("mqtt", "erp");
        await _room.FillAsync(outbox, 10);
        outbox.Cursor("erp").Advance(6);
        outbox.RemoveSink("erp");
        Assert.Equal(6, outbox.AddSink("erp").Position);
        outbox.Cursor("erp").Advance(7);
        outbox.RemoveSink("erp");
        await _room.AppendAsync(outbox, _room.Event());
        await outbox.DisposeAsync();

        outbox = _room.Open("mqtt");
        Assert.Equal(7, outbox.AddSink("erp").Position);
    }

    [Fact]
    public async Task The_position_of_a_sink_that_left_and_came_back_at_once_is_the_new_one_on_disk()
    {
        var outbox = _room.Open("mqtt", "erp");
        await _room.FillAsync(outbox, 10);
        outbox.Cursor("erp").Advance(6);
        outbox.RemoveSink("erp");
        outbox.AddSink("erp").Advance(9);
        await _room.AppendAsync(outbox, _room.Event());
        Assert.Equal(9L, _room.Ask("SELECT sequence FROM cursor WHERE sink = 'erp'"));
    }

    [Fact]
    public async Task Sinks_come_and_go_under_load_and_the_ones_that_stay_miss_nothing()
    {
        var outbox = _room.OpenIn(_room.Directory, TimeProvider.System, "mqtt");
        var sink = new CollectingSink();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(OutboxRoom.Cancel);
        var delivery = new DeliveryLoop(outbox, "mqtt", sink, new SinkTelemetry("mqtt"), TimeProvider.System, _room.Log).RunAsync(stopping.Token);
        var appends = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++) await outbox.AppendAsync(_room.Event(), OutboxRoom.Cancel);
        }, OutboxRoom.Cancel);
        for (var i = 0; !appends.IsCompleted; i++)
        {
            var cursor = outbox.AddSink($"guest-{i % 3}");
            if (cursor.Read(10, int.MaxValue) is { Count: > 0 } some) cursor.Advance(some[^1].Sequence);
            outbox.RemoveSink($"guest-{i % 3}");
        }

        await appends;
        Assert.Equal(Enumerable.Range(1, 100).Select(n => (long)n), (await sink.TakeAsync(100)).Select(e => e.Sequence));
        await stopping.CancelAsync();
        await delivery;
    }
}
