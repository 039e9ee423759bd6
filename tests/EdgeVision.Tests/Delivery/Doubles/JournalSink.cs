using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

/// <summary>Takes everything while it is not away, and writes down what came and when.</summary>
public sealed class JournalSink(TimeProvider time) : IEventSink
{
    private readonly Lock _gate = new();
    private readonly List<(OutboxEntry Entry, long At)> _journal = [];
    private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isAway;

    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    /// <summary>In the order they came; <c>At</c> is a timestamp of the clock.</summary>
    public IReadOnlyList<(OutboxEntry Entry, long At)> Journal
    {
        get
        {
            lock (_gate) return [.. _journal];
        }
    }

    public IReadOnlyList<long> Sequences => [.. Journal.Select(j => j.Entry.Sequence)];

    /// <summary>Until it has been asked while it was away.</summary>
    public Task RefusedAsync() => _refused.Task.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);

    /// <summary>Until so many have come.</summary>
    public async Task HasAsync(int count)
    {
        while (true)
        {
            var grown = Volatile.Read(ref _grown).Task;
            if (Journal.Count >= count) return;
            await grown.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);
        }
    }

    /// <summary>Until this one has come.</summary>
    public async Task SeesAsync(long sequence)
    {
        while (true)
        {
            var count = Journal.Count;
            if (Sequences.Contains(sequence)) return;
            await HasAsync(count + 1);
        }
    }

    public ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        if (_isAway)
        {
            _refused.TrySetResult();
            return ValueTask.FromResult(DeliveryResult.RetryLater(0, "the broker is away"));
        }

        lock (_gate) _journal.AddRange(batch.Select(e => (e, time.GetTimestamp())));
        Interlocked.Exchange(ref _grown, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return ValueTask.FromResult(DeliveryResult.All(batch.Count));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Does whatever a sink may do, by dice; what it takes and what it refuses for good it remembers.</summary>
public sealed class CapriciousSink(Random random) : IEventSink
{
    public List<OutboxEntry> Taken { get; } = [];

    public HashSet<long> Refused { get; } = [];

    public ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        var count = random.Next(3) == 0 ? random.Next(batch.Count + 1) : batch.Count;
        Taken.AddRange(batch.Take(count));
        if (count == batch.Count) return ValueTask.FromResult(DeliveryResult.All(count));
        switch (random.Next(3))
        {
            case 0:
                Refused.Add(batch[count].Sequence);
                return ValueTask.FromResult(DeliveryResult.Rejected(count, "packet too large"));
            case 1:
                return ValueTask.FromResult(DeliveryResult.Held(count));
            default:
                return ValueTask.FromResult(DeliveryResult.RetryLater(count, "connection reset"));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
