using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

public sealed class DeliveryLoopTests : IAsyncDisposable
{
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
    public async Task Events_reach_the_sink_in_order_as_they_come()
    {
        var outbox = _room.Open("mqtt");
        await using var sink = new CollectingSink();
        var run = Run(outbox, sink);
        await _room.FillAsync(outbox, 3);
        Assert.Equal([1, 2, 3], (await sink.TakeAsync(3)).Select(e => e.Sequence));
        await _room.FillAsync(outbox, 2);
        Assert.Equal([4, 5], (await sink.TakeAsync(2)).Select(e => e.Sequence));
        await _stopping.CancelAsync();
        await run;
        Assert.Equal((5, 0, 0, 5), (_telemetry.Accepted, _telemetry.Retries, _telemetry.Rejected, _telemetry.Latency.Count));
        Assert.Equal(0, outbox.Depth("mqtt"));
    }

    [Fact]
    public async Task A_backlog_goes_in_batches_and_its_age_is_no_latency_of_ours()
    {
        var before = _room.Open("mqtt");
        await _room.FillAsync(before, 300);
        await before.DisposeAsync();

        var outbox = _room.Open("mqtt");
        await using var sink = new CollectingSink();
        await _finishing.CancelAsync();
        await Run(outbox, sink);
        Assert.Equal(3, sink.Batches); // 128 + 128 + 44
        Assert.Equal((300, 0), (_telemetry.Accepted, _telemetry.Latency.Count));
    }

    [Fact]
    public async Task A_flaky_sink_gets_every_event_in_order()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 50);
        await using var sink = new FlakySink();
        await _finishing.CancelAsync();
        await _room.PassTimeUntilAsync(Run(outbox, sink));
        Assert.Equal(Enumerable.Range(1, 50).Select(n => (long)n), sink.Taken);
        Assert.Equal(50, _telemetry.Accepted);
        Assert.True(_telemetry.Retries >= 49);
    }

    [Fact]
    public async Task An_absent_broker_is_reported_at_first_and_then_once_a_minute()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 1);
        await using var sink = new RefusingSink();
        var retry = new RetrySchedule(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), new Random(1));
        var run = new DeliveryLoop(outbox, "mqtt", sink, _telemetry, _room.Time, _room.Log, retry).RunAsync(_stopping.Token);
        var began = _room.Time.GetUtcNow();
        for (var attempt = 1; attempt <= 20; attempt++) await _room.PassTimeUntilAsync(sink.AskedAsync());
        await _stopping.CancelAsync();
        await run;

        var minutes = (_room.Time.GetUtcNow() - began).TotalMinutes; // 3 or more: 19 waits of 10 s
        Assert.InRange(_room.Log.Of(EventIds.DeliveryRetry).Count, 2, 1 + (int)minutes);
        Assert.Contains("the broker is away", _room.Log.Of(EventIds.DeliveryRetry)[0], StringComparison.Ordinal);
        Assert.InRange(_telemetry.Retries, 19, 21);
        Assert.Equal(1, outbox.Depth("mqtt"));
    }

    [Fact]
    public async Task A_broker_that_comes_back_is_reported()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 2);
        await using var sink = new FlakySink();
        await _finishing.CancelAsync();
        await _room.PassTimeUntilAsync(Run(outbox, sink));
        Assert.Single(_room.Log.Of(EventIds.DeliveryRetry));
        Assert.Single(_room.Log.Of(EventIds.DeliveryRecovered));
    }

    [Fact]
    public async Task A_rejected_event_becomes_a_dead_letter_and_the_others_go_on()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 10);
        await using var sink = new RejectingSink(e => e.Sequence is 1 or 4 or 5 or 10);
        await _finishing.CancelAsync();
        await _room.PassTimeUntilAsync(Run(outbox, sink));
        Assert.Equal([2, 3, 6, 7, 8, 9], sink.Taken);
        Assert.Equal([1, 4, 5, 10], outbox.DeadLetters(100).Select(d => d.Entry.Sequence));
        Assert.Equal((6, 4), (_telemetry.Accepted, _telemetry.Rejected));
    }

    [Fact]
    public async Task Rejections_are_logged_at_most_once_a_second_and_all_are_counted()
    {
        var outbox = _room.OpenIn(_room.Directory, TimeProvider.System, "mqtt");
        _room.Time.Advance(TimeSpan.FromSeconds(1));
        await outbox.AppendAsync([.. Enumerable.Range(0, 30).Select(_ => _room.Event())], OutboxRoom.Cancel);
        await using var sink = new RejectingSink(_ => true);
        await _finishing.CancelAsync();
        await Run(outbox, sink); // the loop's clock stands still
        Assert.Contains("refused 1 events", Assert.Single(_room.Log.Of(EventIds.EventRejected)), StringComparison.Ordinal);
        Assert.Contains("refused 29 more", Assert.Single(_room.Log.Of(EventIds.EventRejectedMore)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finishing_delivers_what_is_left_and_returns()
    {
        var outbox = _room.Open("mqtt");
        await using var sink = new CollectingSink();
        var run = Run(outbox, sink);
        await _room.FillAsync(outbox, 1000);
        await _finishing.CancelAsync();
        await run.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);
        Assert.Equal(0, outbox.Depth("mqtt"));
        Assert.Equal(1000, (await sink.TakeAsync(1000)).Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public async Task Finishing_cuts_a_backoff_short_for_one_more_attempt()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 1);
        await using var sink = new RefusingSink();
        var run = Run(outbox, sink); // the clock stands still: no backoff ends by itself
        await sink.AskedAsync();
        await _finishing.CancelAsync();
        await sink.AskedAsync();
        Assert.False(run.IsCompleted);
        await _stopping.CancelAsync();
        await run.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);
    }

    [Fact]
    public async Task Stopping_ends_a_send_that_hangs_and_keeps_its_events()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 3);
        await using var sink = new HangingSink();
        var run = Run(outbox, sink);
        await sink.Asked;
        await _finishing.CancelAsync();
        Assert.False(run.IsCompleted);
        await _stopping.CancelAsync();
        await run.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);
        Assert.Equal(3, outbox.Depth("mqtt"));
    }

    [Fact]
    public async Task Sinks_go_at_their_own_pace()
    {
        var outbox = _room.Open("mqtt", "iothub");
        await using var taking = new CollectingSink();
        await using var refusing = new RefusingSink();
        var runs = new[]
        {
            Run(outbox, taking),
            new DeliveryLoop(outbox, "iothub", refusing, new SinkTelemetry("iothub"), _room.Time, _room.Log).RunAsync(_stopping.Token),
        };
        await _room.FillAsync(outbox, 20);
        await taking.TakeAsync(20);
        await refusing.AskedAsync();
        Assert.Equal(20, outbox.Depth("iothub"));
        await _stopping.CancelAsync();
        await Task.WhenAll(runs);
    }

    private Task Run(Outbox outbox, IEventSink sink) =>
        new DeliveryLoop(outbox, "mqtt", sink, _telemetry, _room.Time, _room.Log).RunAsync(_stopping.Token, _finishing.Token);
}
