using EdgeVision.Delivery;
using EdgeVision.Events;

namespace EdgeVision.Tests.Delivery;

/// <summary>Whatever a sink does, whenever it is stopped and started again: every event arrives or is a dead letter, and in the order that was asked for.</summary>
public sealed class DeliveryPropertyTests
{
    [Theory]
    [InlineData(DeliveryOrder.OldestFirst, 0)]
    [InlineData(DeliveryOrder.OldestFirst, 5000)]
    [InlineData(DeliveryOrder.LiveFirst, 0)]
    [InlineData(DeliveryOrder.LiveFirst, 5000)]
    public async Task Every_event_arrives_and_each_stream_keeps_its_order(DeliveryOrder order, int perSecond)
    {
        for (var seed = 1; seed <= 6; seed++) await TryAsync(new Random(seed), new DeliveryOptions(order, perSecond), $"seed {seed}");
    }

    private static async Task TryAsync(Random random, DeliveryOptions options, string which)
    {
        await using var room = new OutboxRoom();
        await using var sink = new CapriciousSink(new Random(random.Next()));
        for (var start = 0; start < 3; start++)
        {
            var outbox = room.Open("mqtt");
            using var stopping = new CancellationTokenSource();
            await room.FillAsync(outbox, random.Next(1, 400));
            var run = Run(outbox, sink, room, options, stopping.Token);
            for (var i = random.Next(8); i > 0; i--)
            {
                // A dead letter may have taken the commit of this moment: time has to pass for the next one.
                List<VisionEvent> events = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Event(room, random))];
                await room.PassTimeUntilAsync(outbox.AppendAsync(events, OutboxRoom.Cancel).AsTask(), TimeSpan.FromMilliseconds(10));
            }

            await stopping.CancelAsync();
            await run.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);
            await outbox.DisposeAsync();
        }

        var last = room.Open("mqtt");
        using var end = new CancellationTokenSource();
        var rest = Run(last, sink, room, options, end.Token);
        await room.PassTimeUntilAsync(DrainedAsync(last), TimeSpan.FromMilliseconds(200));
        await end.CancelAsync();
        await rest;

        Assert.True(last.LastSequence > 0);
        Assert.Equal(Enumerable.Range(1, (int)last.LastSequence).Select(n => (long)n), sink.Taken.Select(e => e.Sequence).Concat(sink.Refused).Distinct().Order());
        Assert.All(last.DeadLetters(10_000), letter => Assert.Contains(letter.Entry.Sequence, sink.Refused));
        Assert.All(sink.Taken.GroupBy(e => e.Sequence), same => Assert.Single(same.Select(e => e.Id).Distinct()));
        var firsts = sink.Taken.DistinctBy(e => e.Sequence).ToList();
        if (options.Order == DeliveryOrder.OldestFirst)
        {
            Assert.Equal(firsts.Select(e => e.Sequence).Order(), firsts.Select(e => e.Sequence));
            Assert.All(firsts.GroupBy(e => e.Camera), camera => Assert.Equal(camera.Select(e => e.CameraSequence).Order(), camera.Select(e => e.CameraSequence)));
        }
        else
        {
            Assert.True(Streams(firsts.Select(e => e.Sequence)) <= 2, $"{which}: more than two streams.");
        }
    }

    private static Task Run(Outbox outbox, IEventSink sink, OutboxRoom room, DeliveryOptions options, CancellationToken stopping)
    {
        var retry = new RetrySchedule(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1), new Random(1));
        return new DeliveryLoop(outbox, "mqtt", sink, new SinkTelemetry("mqtt"), room.Time, room.Log, retry, options).RunAsync(stopping);
    }

    private static VisionEvent Event(OutboxRoom room, Random random) => random.Next(3) switch
    {
        0 => room.Event("door"),
        1 => room.Event("yard"),
        _ => room.Event(),
    };

    private static async Task DrainedAsync(Outbox outbox)
    {
        while (outbox.Depth("mqtt") > 0) await Task.Yield();
    }

    /// <summary>The fewest rising sequences that it can be made of: each number goes on the highest that is still below it (patience sorting).</summary>
    private static int Streams(IEnumerable<long> sequences)
    {
        var tops = new List<long>();
        foreach (var sequence in sequences)
        {
            var best = -1;
            for (var i = 0; i < tops.Count; i++)
            {
                if (tops[i] < sequence && (best < 0 || tops[i] > tops[best])) best = i;
            }

            if (best < 0) tops.Add(sequence);
            else tops[best] = sequence;
        }

        return tops.Count;
    }
}
