using EdgeVision.Events;

namespace EdgeVision.Delivery;

/// <summary>What the writer is asked to make durable: events, all or none of them, or a dead letter.</summary>
internal sealed class WriteRequest(IReadOnlyList<VisionEvent> events, DeadLetter? deadLetter)
{
    private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Owned by the request: the caller's list may be reused at once.</summary>
    public IReadOnlyList<VisionEvent> Events { get; private set; } = events;

    public DeadLetter? DeadLetter => deadLetter;

    /// <summary>Completes once on disk, with the sequence of the last event (of the letter's event); with 0 when nobody is to wait any longer.</summary>
    public Task<long> Done => _done.Task;

    /// <summary>Where the current transaction put it; means nothing before the commit.</summary>
    public long Sequence { get; set; }

    public void Complete() => _done.TrySetResult(Sequence);

    /// <summary>Nobody waits any longer; it is still to be written.</summary>
    public void Release() => _done.TrySetResult(0);

    public void Fail(Exception reason) => _done.TrySetException(reason);

    /// <summary>Gives up the oldest <paramref name="limit"/> events of a family; returns how many there were.</summary>
    public int Drop(EventFamily family, int limit)
    {
        var dropped = 0;
        Events = [.. Events.Where(e => e.Family != family || dropped++ >= limit)];
        return Math.Min(dropped, limit);
    }
}
