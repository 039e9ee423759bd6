namespace EdgeVision.Delivery;

/// <summary>Where events go: a broker, a hub. It sends and reports; the delivery loop decides on retries and dead letters.</summary>
public interface IEventSink : IAsyncDisposable
{
    /// <summary>
    /// Sends <paramref name="batch"/> in order and waits until the other side has acknowledged what it takes. Never throws for what a
    /// network does; a thrown exception is a bug and ends the delivery loop.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping);
}
