using EdgeVision.Delivery;

namespace EdgeVision.Azure.Hub;

/// <summary>
/// Events to IoT Hub or edgeHub: several in a message, which goes when it is full, urgent or <see cref="HubOptions.Linger"/> old; up to <see cref="HubOptions.InFlight"/> messages on their way, in order on the wire; the hub's PUBACK
/// is what moves the outbox's cursor. It waits for a link as long as <see cref="Patience"/>, and leaves longer waits to the delivery loop.
/// </summary>
/// <remarks>One caller at a time, as a delivery loop is.</remarks>
public sealed class IotHubSink(IotHubConnection connection, HubOptions options, HubUsage usage, TimeProvider time) : IEventSink
{
    /// <summary>Far more than can be on their way.</summary>
    private const int MostRemembered = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Queue<(Task<string?> Answer, OutboxEntry[] Entries, int Bytes)> _window = new();
    private readonly ArrivalTimes _arrivals = new(time);

    /// <summary>Messages that were sent and not acknowledged, by the sequences of their events: sent again they are the same, to a consumer that drops repeats by message id.</summary>
    private readonly List<long[]> _unsettled = [];

    /// <summary>Events that are acknowledged, while one before them is not.</summary>
    private readonly HashSet<long> _early = [];

    public TimeSpan Linger(IReadOnlyList<OutboxEntry> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Forget(batch[0].Sequence);
        _arrivals.Note(batch[0].Sequence, batch[^1].Sequence);
        if (!batch.All(TelemetryMessage.IsTaken)) return TimeSpan.Zero;
        var wait = options.Linger;
        foreach (var message in Plan(batch)) wait = message.IsOpen ? Shorter(wait, Left(message)) : TimeSpan.Zero;
        return wait;
    }

    public async ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var travelling = await TravelAsync(stopping).ConfigureAwait(false);
        if (travelling is null) return DeliveryResult.RetryLater(0, connection.Status.Reason ?? "The link to the hub is not up yet.");
        Forget(batch[0].Sequence);
        OutboxEntry[] fitting = [.. batch.TakeWhile(TelemetryMessage.IsTaken)];
        var plan = Plan(fitting);
        var due = fitting.Length < batch.Count ? [] : plan.FindAll(m => !m.IsOpen || Left(m) <= TimeSpan.Zero);
        // Asked with nothing that has to go: it is time to finish, there is no room to wait in, or what comes next is refused.
        var failure = await PublishAsync(travelling.Link, due.Count > 0 ? due : plan, stopping).ConfigureAwait(false);
        var accepted = Settle(fitting);
        if (failure is not null) return DeliveryResult.RetryLater(accepted, failure);
        if (accepted == batch.Count) return DeliveryResult.All(accepted);
        if (fitting.Length == batch.Count) return DeliveryResult.Held(accepted);
        var large = batch[accepted];
        return DeliveryResult.Rejected(
            accepted, $"Event {large.Sequence} makes a message of {TelemetryMessage.BytesOf(large)} bytes; IoT Hub takes {TelemetryMessage.MaxBytes}: raise the camera's confidence threshold or list fewer Classes.");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private List<TelemetryPlan> Plan(IReadOnlyList<OutboxEntry> entries) => TelemetryPlan.Of([.. entries.Where(e => !_early.Contains(e.Sequence))], _unsettled, options.MessageBytes);

    /// <summary>Of the patience of its oldest event.</summary>
    private TimeSpan Left(TelemetryPlan message) => options.Linger - _arrivals.AgeOf(message.Entries[0].Sequence);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>
    /// What the cursor has passed some other way (given up, evicted) is nobody's any more. It may also be of the other of two streams, of
    /// what is behind, and still wanted: so it goes only when it is much.
    /// </summary>
    private void Forget(long before)
    {
        if (_unsettled.Count + _early.Count <= MostRemembered) return;
        _unsettled.RemoveAll(u => u[^1] < before);
        _early.RemoveWhere(s => s < before);
    }

    private async ValueTask<IotHubConnection.Travelling?> TravelAsync(CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, patience.Token);
        try
        {
            return await connection.TravelAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Null when all are acknowledged.</summary>
    private async ValueTask<string?> PublishAsync(HubLink link, List<TelemetryPlan> messages, CancellationToken stopping)
    {
        _window.Clear();
        var left = new Queue<OutboxEntry[]>(messages.Select(m => m.Entries));
        while (left.Count > 0 || _window.Count > 0)
        {
            while (_window.Count < options.InFlight && left.TryDequeue(out var next))
            {
                var message = TelemetryMessage.Of(next, link.Topics);
                if (!_unsettled.Exists(u => u[0] == next[0].Sequence)) _unsettled.Add([.. next.Select(e => e.Sequence)]);
                _window.Enqueue((link.PublishAsync(message.Topic, message.Body, isTelemetry: true, stopping), next, message.Bytes));
            }

            var (answer, sent, bytes) = _window.Dequeue();
            // One that fails ends the link, and with it all behind it.
            if (await answer.ConfigureAwait(false) is { } reason)
            {
                stopping.ThrowIfCancellationRequested();
                foreach (var (other, _, _) in _window) await other.ConfigureAwait(false);
                return reason;
            }

            usage.Count(sent[0].Camera, bytes);
            _unsettled.RemoveAll(u => u[0] == sent[0].Sequence);
            foreach (var entry in sent) _early.Add(entry.Sequence);
        }

        return null;
    }

    /// <summary>How many from the front are acknowledged; those the cursor passes, and nobody need remember them.</summary>
    private int Settle(OutboxEntry[] entries)
    {
        var accepted = 0;
        while (accepted < entries.Length && _early.Remove(entries[accepted].Sequence)) accepted++;
        return accepted;
    }
}
