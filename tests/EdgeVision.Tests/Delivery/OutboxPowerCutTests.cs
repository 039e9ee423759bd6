using CsCheck;
using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

public sealed class OutboxPowerCutTests
{
    private static readonly string?[] Cameras = ["door", "yard", null];

    private enum Step
    {
        Append,
        Deliver,
        LetTimePass,
        Restart,
        CutPower,
    }

    /// <summary>
    /// Any order of appending, delivering, restarting and losing power: a consumer that drops duplicates sees 1..N, in order per camera, and
    /// what comes twice is the same both times.
    /// </summary>
    [Fact]
    public async Task A_consumer_that_drops_duplicates_sees_every_sequence_whatever_happens()
    {
        var steps = Gen.Select(Gen.Frequency((4, Gen.Const(Step.Append)), (4, Gen.Const(Step.Deliver)), (1, Gen.Const(Step.LetTimePass)), (1, Gen.Const(Step.Restart)), (2, Gen.Const(Step.CutPower))), Gen.Int[0, 1000]).Array[1, 40];
        await steps.SampleAsync(PlayAsync, iter: 150);
    }

    private static async Task PlayAsync((Step Step, int Random)[] steps)
    {
        await using var room = new OutboxRoom();
        var consumers = new Dictionary<string, Consumer> { ["mqtt"] = new(), ["iothub"] = new() };
        var directory = room.Directory;
        var outbox = room.OpenIn(directory, room.Time, "mqtt", "iothub");
        var appended = 0L;
        foreach (var (step, random) in steps)
        {
            switch (step)
            {
                case Step.Append:
                    var events = Enumerable.Range(0, 1 + (random % 5)).Select(i => room.Event(Cameras[(random + i) % 3])).ToArray();
                    appended += events.Length;
                    Assert.Equal(appended, await room.AppendAsync(outbox, events));
                    break;
                case Step.Deliver:
                    var sink = random % 2 == 0 ? "mqtt" : "iothub";
                    Deliver(outbox.Cursor(sink), consumers[sink], 1 + (random % 7));
                    break;
                case Step.LetTimePass:
                    room.Time.Advance(TimeSpan.FromMilliseconds(300)); // saves cursors; the append after it finds the writer done with that
                    appended = await room.AppendAsync(outbox, room.Event("door"));
                    break;
                case Step.Restart:
                    await outbox.DisposeAsync();
                    outbox = room.OpenIn(directory, room.Time, "mqtt", "iothub");
                    break;
                default:
                    directory = room.CutPower(directory);
                    outbox = room.OpenIn(directory, room.Time, "mqtt", "iothub");
                    break;
            }

            Assert.Equal(appended, outbox.LastSequence);
        }

        foreach (var (sink, consumer) in consumers)
        {
            while (Deliver(outbox.Cursor(sink), consumer, 100))
            {
            }

            consumer.HasAll(appended);
        }
    }

    private static bool Deliver(OutboxCursor cursor, Consumer consumer, int max)
    {
        var batch = cursor.Read(max, int.MaxValue);
        foreach (var entry in batch) consumer.Take(entry);
        if (batch.Count > 0) cursor.Advance(batch[^1].Sequence);
        return batch.Count > 0;
    }

    private sealed class Consumer
    {
        private readonly Dictionary<long, Guid> _seen = [];
        private readonly Dictionary<string, long> _lastOfCamera = [];

        public void Take(OutboxEntry entry)
        {
            if (_seen.TryGetValue(entry.Sequence, out var id))
            {
                Assert.Equal(id, entry.Id);
                return;
            }

            Assert.Equal(_seen.Count + 1, entry.Sequence);
            _seen.Add(entry.Sequence, entry.Id);
            if (entry.Camera is not { } camera) return;
            Assert.Equal(_lastOfCamera.GetValueOrDefault(camera) + 1, entry.CameraSequence);
            _lastOfCamera[camera] = entry.CameraSequence;
        }

        public void HasAll(long appended) => Assert.Equal(appended, _seen.Count);
    }
}
