namespace EdgeVision.Delivery;

/// <summary>Where events go: a broker, a hub. It sends and reports; the delivery loop decides on retries and dead letters.</summary>
public interface IEventSink : IAsyncDisposable
{
    /// <summary>
    /// How long, from now, this sink would rather see what else comes before it sends anything of these; zero when it has something to send. Asked again
    /// whenever there are more. Who pays by the message has a reason to wait.
    /// </summary>
    TimeSpan Linger(IReadOnlyList<OutboxEntry> batch) => TimeSpan.Zero;

    /// <summary>
    /// Sends <paramref name="batch"/> in order, or what of it need not wait (all of it when nothing has to go: then it is time), and waits until the other side has acknowledged what it takes. Never throws for what a
    /// network does; a thrown exception is a bug and ends the delivery loop.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping);
}
