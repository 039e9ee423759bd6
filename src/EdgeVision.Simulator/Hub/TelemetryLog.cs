namespace EdgeVision.Simulator.Hub;

/// <summary>All telemetry received, oldest first; beyond the limits the oldest is forgotten. Any thread.</summary>
internal sealed class TelemetryLog
{
    private const int MaxMessages = 200_000;
    private const long MaxCharacters = 128 << 20; // 256 MB

    private readonly Lock _gate = new();
    private readonly Queue<TelemetryMessage> _messages = new();
    private long _characters;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Messages since the start, the forgotten ones too.</summary>
    public long Received { get; private set; }

    /// <summary>True when an older message had to go.</summary>
    public bool Add(TelemetryMessage message)
    {
        lock (_gate)
        {
            Received++;
            _messages.Enqueue(message);
            _characters += message.Body.Length;
            var isFull = false;
            while (_messages.Count > MaxMessages || _characters > MaxCharacters)
            {
                _characters -= _messages.Dequeue().Body.Length;
                isFull = true;
            }

            _more.TrySetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return isFull;
        }
    }

    public IReadOnlyList<TelemetryMessage> ToList()
    {
        lock (_gate) return [.. _messages];
    }

    public void Clear()
    {
        lock (_gate)
        {
            _messages.Clear();
            _characters = 0;
        }
    }

    /// <summary>Everything there is as soon as <paramref name="enough"/> says so.</summary>
    public async Task<IReadOnlyList<TelemetryMessage>> WaitAsync(Func<IReadOnlyList<TelemetryMessage>, bool> enough, CancellationToken stopping)
    {
        while (true)
        {
            Task more;
            IReadOnlyList<TelemetryMessage> all;
            lock (_gate) (all, more) = ([.. _messages], _more.Task);
            if (enough(all)) return all;
            await more.WaitAsync(stopping).ConfigureAwait(false);
        }
    }
}
