using System.Threading.Channels;
using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

/// <summary>Takes everything and lets a test wait for it.</summary>
public sealed class CollectingSink : IEventSink
{
    private readonly Channel<OutboxEntry> _taken = Channel.CreateUnbounded<OutboxEntry>();

    public int Batches { get; private set; }

    public async Task<IReadOnlyList<OutboxEntry>> TakeAsync(int count)
    {
        var entries = new List<OutboxEntry>();
        while (entries.Count < count) entries.Add(await _taken.Reader.ReadAsync(OutboxRoom.Cancel).AsTask().WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel));
        return entries;
    }

    public ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        Batches++;
        foreach (var entry in batch) _taken.Writer.TryWrite(entry);
        return ValueTask.FromResult(DeliveryResult.All(batch.Count));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Away: takes nothing, and says when it was asked.</summary>
public sealed class RefusingSink : IEventSink
{
    private readonly SemaphoreSlim _asked = new(0);

    public async Task AskedAsync() => Assert.True(await _asked.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel), "The sink was not asked again.");

    public ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        _asked.Release();
        return ValueTask.FromResult(DeliveryResult.RetryLater(0, "the broker is away"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Will never take what <paramref name="poison"/> names, takes the rest.</summary>
public sealed class RejectingSink(Func<OutboxEntry, bool> poison) : IEventSink
{
    public List<long> Taken { get; } = [];

    public ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            if (poison(batch[i])) return ValueTask.FromResult(DeliveryResult.Rejected(i, "packet too large"));
            Taken.Add(batch[i].Sequence);
        }

        return ValueTask.FromResult(DeliveryResult.All(batch.Count));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Takes one event a call, and every other call none.</summary>
public sealed class FlakySink : IEventSink
{
    private int _calls;

    public List<long> Taken { get; } = [];

    public ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        if (++_calls % 2 == 0) return ValueTask.FromResult(DeliveryResult.RetryLater(0, "connection reset"));
        Taken.Add(batch[0].Sequence);
        return ValueTask.FromResult(batch.Count == 1 ? DeliveryResult.All(1) : DeliveryResult.RetryLater(1, "connection reset"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Takes everything, but would rather have at least <paramref name="enough"/> at once, and waits a second for them.</summary>
public sealed class LingeringSink(int enough, TimeProvider time) : IEventSink
{
    private long? _since;
    private readonly Channel<int> _asked = Channel.CreateUnbounded<int>();
    private readonly Channel<string> _taken = Channel.CreateUnbounded<string>();

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(1);

    public int Batches { get; private set; }

    /// <summary>Until it was asked about a batch of <paramref name="count"/>.</summary>
    public async Task AskedAsync(int count)
    {
        while (await _asked.Reader.ReadAsync(OutboxRoom.Cancel).AsTask().WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel) != count)
        {
            // Of an earlier one.
        }
    }

    /// <summary>The next that was sent, by its sequences.</summary>
    public async Task<string> BatchAsync() => await _taken.Reader.ReadAsync(OutboxRoom.Cancel).AsTask().WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);

    public TimeSpan Linger(IReadOnlyList<OutboxEntry> batch)
    {
        _asked.Writer.TryWrite(batch.Count);
        _since ??= time.GetTimestamp();
        return batch.Count < enough ? Patience - time.GetElapsedTime(_since.Value) : TimeSpan.Zero;
    }

    public ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        Batches++;
        _since = null;
        _taken.Writer.TryWrite(string.Join(',', batch.Select(e => e.Sequence)));
        return ValueTask.FromResult(DeliveryResult.All(batch.Count));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Takes two events a call and holds back the rest.</summary>
public sealed class HoldingSink : IEventSink
{
    public List<string> Batches { get; } = [];

    public ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        Batches.Add(string.Join(',', batch.Select(e => e.Sequence)));
        return ValueTask.FromResult(batch.Count <= 2 ? DeliveryResult.All(batch.Count) : DeliveryResult.Held(2));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Never answers.</summary>
public sealed class HangingSink : IEventSink
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Asked => _asked.Task.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);

    public async ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        _asked.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
        return default;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
