using System.Globalization;
using System.Text.Json;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Delivery;

/// <summary>
/// What a careful consumer keeps: a session that the broker remembers (mosquitto_sub in a process of its own), duplicates dropped by
/// <c>id</c>, and of everything else the place where it came.
/// </summary>
internal sealed class DurableConsumer : IAsyncDisposable
{
    private readonly MosquittoSub _sub;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _ids = [];
    private readonly Dictionary<long, string> _sequences = [];
    private readonly Dictionary<string, List<long>> _tops = [];
    private readonly List<string> _wrong = [];
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _messages;
    private long _whole;

    private DurableConsumer(MosquittoSub sub)
    {
        _sub = sub;
        _reading = ReadAsync();
    }

    /// <summary>Messages with events, the repeated ones too.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>Different events.</summary>
    public int Events
    {
        get
        {
            lock (_gate) return _ids.Count;
        }
    }

    /// <summary>The fewest rising sequences that what came of any camera is made of: 1 when all came in order, 2 when a backlog was filled in beside.</summary>
    public int Streams
    {
        get
        {
            lock (_gate) return _tops.Values.Max(static tops => tops.Count);
        }
    }

    /// <summary>Sentences: a number with two ids, an id with two numbers.</summary>
    public IReadOnlyList<string> Wrong
    {
        get
        {
            lock (_gate) return [.. _wrong];
        }
    }

    public static async Task<DurableConsumer> StartAsync(int port, params string[] more) =>
        new(await MosquittoSub.StartAsync(port, "edgevision/#", ["-c", "-i", "consumer", .. more]));

    /// <summary>Every number from 1 to <paramref name="last"/> is here.</summary>
    /// <exception cref="TimeoutException">For so long nothing new came; it names what is missing.</exception>
    public async Task ReachAsync(long last, TimeSpan patience)
    {
        while (true)
        {
            var grown = Volatile.Read(ref _grown).Task;
            if (Whole() >= last) return;
            try
            {
                await grown.WaitAsync(patience, TestContext.Current.CancellationToken);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"Of {last} events these did not come: {string.Join(", ", Missing(last).Take(20))}.");
            }
        }
    }

    public IEnumerable<long> Missing(long last)
    {
        lock (_gate) return [.. Enumerable.Range(1, (int)last).Select(n => (long)n).Where(n => !_sequences.ContainsKey(n))];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ContinueWith(static _ => { }, TaskScheduler.Default);
        await _sub.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Without a gap up to and including.</summary>
    private long Whole()
    {
        lock (_gate)
        {
            while (_sequences.ContainsKey(_whole + 1)) _whole++;
            return _whole;
        }
    }

    private async Task ReadAsync()
    {
        await foreach (var message in _sub.AllAsync(_stop.Token))
        {
            if (!message.Topic.Contains("/events/", StringComparison.Ordinal)) continue;
            Interlocked.Increment(ref _messages);
            using var json = JsonDocument.Parse(message.Payload);
            lock (_gate) Keep(json.RootElement, message.Topic);
            Interlocked.Exchange(ref _grown, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }

    private void Keep(JsonElement json, string topic)
    {
        var id = json.GetProperty("id").GetString()!;
        var sequence = Number(json, "sequence");
        if (!_ids.Add(id))
        {
            if (_sequences.GetValueOrDefault(sequence) != id) _wrong.Add($"Event {id} came again as number {sequence}.");
            return;
        }

        if (!_sequences.TryAdd(sequence, id)) _wrong.Add($"Number {sequence} is of {_sequences[sequence]} and of {id}.");
        if (!json.TryGetProperty("camerasequence", out _)) return;
        var (camera, number) = (topic.Split('/')[2], Number(json, "camerasequence"));
        if (!_tops.TryGetValue(camera, out var tops)) _tops[camera] = tops = [];
        // Each on the highest that is still below it: patience sorting makes the fewest.
        var best = -1;
        for (var i = 0; i < tops.Count; i++)
        {
            if (tops[i] < number && (best < 0 || tops[i] > tops[best])) best = i;
        }

        if (best < 0) tops.Add(number);
        else tops[best] = number;
    }

    private static long Number(JsonElement json, string name) => long.Parse(json.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
