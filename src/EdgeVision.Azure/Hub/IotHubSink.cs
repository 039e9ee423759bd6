using EdgeVision.Delivery;

namespace EdgeVision.Azure.Hub;

/// <summary>
/// Events to IoT Hub or edgeHub: several in a message, up to <see cref="HubOptions.InFlight"/> messages on their way, in order on the wire; the hub's PUBACK
/// is what moves the outbox's cursor. It waits for a link as long as <see cref="Patience"/>, and leaves longer waits to the delivery loop.
/// </summary>
/// <remarks>One caller at a time, as a delivery loop is.</remarks>
public sealed class IotHubSink(IotHubConnection connection, HubOptions options, TimeProvider time) : IEventSink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Queue<(Task<string?> Answer, TelemetryMessage Message)> _window = new();

    /// <summary>Boundaries of messages that were sent and not acknowledged: sent again they are the same, to a consumer that drops repeats by message id.</summary>
    private readonly Queue<(long First, long Last)> _unsettled = new();

    public async ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (await LinkAsync(stopping).ConfigureAwait(false) is not { } link) return DeliveryResult.RetryLater(0, connection.Status.Reason ?? "The link to the hub is not up yet.");
        using var travelling = connection.Travel();
        return await PublishAsync(link, [.. batch], stopping).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<HubLink?> LinkAsync(CancellationToken stopping)
    {
        try
        {
            return await connection.LinkAsync(stopping).AsTask().WaitAsync(Patience, time, stopping).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async ValueTask<DeliveryResult> PublishAsync(HubLink link, OutboxEntry[] entries, CancellationToken stopping)
    {
        var (sent, accepted, repeats) = (0, 0, new Queue<(long First, long Last)>(_unsettled));
        DeliveryResult? end = null;
        _window.Clear();
        while (accepted < entries.Length)
        {
            while (end is null && sent < entries.Length && _window.Count < options.InFlight)
            {
                var message = TelemetryMessage.Pack(Next(entries, sent, repeats), link.Topics);
                if (message.Bytes > TelemetryMessage.MaxBytes)
                {
                    end = DeliveryResult.Rejected(sent, $"Event {entries[sent].Sequence} makes a message of {message.Bytes} bytes; IoT Hub takes {TelemetryMessage.MaxBytes}: raise the camera's confidence threshold or list fewer Classes.");
                    break;
                }

                Remember(entries[sent].Sequence, entries[sent + message.Events - 1].Sequence);
                _window.Enqueue((link.PublishAsync(message.Topic, message.Body, isTelemetry: true, stopping), message));
                sent += message.Events;
            }

            if (_window.Count == 0) break;
            var (answer, first) = _window.Dequeue();
            // One that fails ends the link, and with it all behind it.
            if (await answer.ConfigureAwait(false) is { } reason)
            {
                stopping.ThrowIfCancellationRequested();
                foreach (var (other, _) in _window) await other.ConfigureAwait(false);
                return DeliveryResult.RetryLater(accepted, reason);
            }

            accepted += first.Events;
            while (_unsettled.TryPeek(out var oldest) && oldest.Last <= entries[accepted - 1].Sequence) _unsettled.Dequeue();
        }

        return end ?? DeliveryResult.All(accepted);
    }

    /// <summary>What the next message may hold: where one was sent before, exactly that again.</summary>
    private static ReadOnlySpan<OutboxEntry> Next(OutboxEntry[] entries, int from, Queue<(long First, long Last)> repeats)
    {
        while (repeats.TryPeek(out var old) && old.First < entries[from].Sequence) repeats.Dequeue();
        if (!repeats.TryPeek(out var repeat)) return entries.AsSpan(from);
        var to = from;
        // Up to its end; before its begin whatever lies between.
        while (to < entries.Length && (repeat.First == entries[from].Sequence ? entries[to].Sequence <= repeat.Last : entries[to].Sequence < repeat.First)) to++;
        return entries.AsSpan(from..to);
    }

    private void Remember(long first, long last)
    {
        foreach (var (_, known) in _unsettled)
            if (known >= last) return;
        _unsettled.Enqueue((first, last));
    }
}
