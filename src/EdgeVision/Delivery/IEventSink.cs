namespace EdgeVision.Delivery;

/// <summary>Where events go: a broker, a hub. It sends and reports; the delivery loop decides on retries and dead letters.</summary>
public interface IEventSink : IAsyncDisposable
{
    /// <summary>
    /// How long this sink would rather wait for more events before it sends these, counted from when the first of them was there; zero sends at once. Asked
    /// again whenever there are more. Who pays by the message has a reason to wait.
    /// </summary>
    TimeSpan Linger(IReadOnlyList<OutboxEntry> batch) => TimeSpan.Zero;

    /// <summary>
    /// Sends <paramref name="batch"/> in order and waits until the other side has acknowledged what it takes. Never throws for what a
    /// network does; a thrown exception is a bug and ends the delivery loop.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping);
}
