using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

/// <summary>A sink that pays by the message, and the loop that waits for it.</summary>
public sealed class DeliveryLingerTests : IAsyncDisposable
{
    private readonly OutboxRoom _room = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _finishing = new();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _room.DisposeAsync();
    }

    [Fact]
    public async Task What_comes_within_a_second_of_the_first_goes_together()
    {
        var outbox = _room.Open("iothub");
        await using var sink = new LingeringSink(enough: 100, _room.Time);
        var run = Run(outbox, sink);
        for (var n = 1; n <= 3; n++)
        {
            await _room.FillAsync(outbox, 1);
            await sink.AskedAsync(n);
            if (n == 2) _room.Time.Advance(TimeSpan.FromMilliseconds(600));
        }

        var began = _room.Time.GetTimestamp();
        var batch = sink.BatchAsync();
        // In small steps: that each newcomer would begin the second anew must show.
        while (!batch.IsCompleted)
        {
            _room.Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.WhenAny(batch, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, OutboxRoom.Cancel));
        }

        Assert.Equal("1,2,3", await batch);
        Assert.InRange(_room.Time.GetElapsedTime(began), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(600));
        Assert.Equal(1, sink.Batches);
        await StopAsync(run);
    }

    [Fact]
    public async Task What_is_enough_goes_at_once_and_the_next_waits_for_itself()
    {
        var outbox = _room.Open("iothub");
        await using var sink = new LingeringSink(enough: 2, _room.Time);
        var run = Run(outbox, sink); // the clock moves with appends only, far less than a second
        await _room.FillAsync(outbox, 1);
        await sink.AskedAsync(1);
        await _room.FillAsync(outbox, 1);
        Assert.Equal("1,2", await sink.BatchAsync());

        await _room.FillAsync(outbox, 1);
        await sink.AskedAsync(1);
        await _room.FillAsync(outbox, 1);
        Assert.Equal("3,4", await sink.BatchAsync());
        await StopAsync(run);
    }

    [Fact]
    public async Task A_batch_that_can_hold_no_more_does_not_wait()
    {
        var outbox = _room.Open("iothub");
        await _room.FillAsync(outbox, 300);
        await using var sink = new LingeringSink(enough: 1000, _room.Time);
        var run = Run(outbox, sink); // the clock stands still

        Assert.Equal(Numbers(1, OutboxRoom.Options.BatchSize), await sink.BatchAsync());
        Assert.Equal(Numbers(129, OutboxRoom.Options.BatchSize), await sink.BatchAsync());
        await sink.AskedAsync(44);
        Assert.Equal(2, sink.Batches);
        var rest = sink.BatchAsync();
        await _room.PassTimeUntilAsync(rest);
        Assert.Equal(Numbers(257, 44), await rest);
        await StopAsync(run);
    }

    [Fact]
    public async Task Nothing_lingers_when_it_is_time_to_finish()
    {
        var outbox = _room.Open("iothub");
        await using var sink = new LingeringSink(enough: 100, _room.Time);
        var run = Run(outbox, sink); // the clock stands still
        await _room.FillAsync(outbox, 1);
        await sink.AskedAsync(1);

        await _finishing.CancelAsync();

        await run.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);
        Assert.Equal(0, outbox.Depth("iothub"));
    }

    [Fact]
    public async Task What_a_sink_holds_back_is_no_failure_and_comes_again()
    {
        var outbox = _room.Open("iothub");
        await using var sink = new HoldingSink();
        await _room.FillAsync(outbox, 5);
        await _finishing.CancelAsync();

        // Neither waits nor retries: the clock stands still.
        var telemetry = new SinkTelemetry("iothub");
        await new DeliveryLoop(outbox, "iothub", sink, telemetry, _room.Time, _room.Log).RunAsync(_stopping.Token, _finishing.Token).WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);

        Assert.Equal(["1,2,3,4,5", "3,4,5", "5"], sink.Batches);
        Assert.Equal((5, 0, 0), (telemetry.Accepted, telemetry.Retries, telemetry.Rejected));
        Assert.Empty(_room.Log.Of(EventIds.DeliveryRetry));
    }

    private static string Numbers(int first, int count) => string.Join(',', Enumerable.Range(first, count));

    private Task Run(Outbox outbox, LingeringSink sink) =>
        new DeliveryLoop(outbox, "iothub", sink, new SinkTelemetry("iothub"), _room.Time, _room.Log).RunAsync(_stopping.Token, _finishing.Token);

    private async Task StopAsync(Task run)
    {
        await _stopping.CancelAsync();
        await run.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);
    }
}
