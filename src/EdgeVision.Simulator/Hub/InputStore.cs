using System.Globalization;
using MQTTnet.Protocol;

namespace EdgeVision.Simulator.Hub;

/// <summary>
/// What edgeHub's store-and-forward keeps for the inputs of one module until the module acknowledges it: while it is away, while it has not subscribed, and
/// over a restart of the hub. In order; any thread.
/// </summary>
internal sealed class InputStore
{
    /// <summary>edgeHub's only bound is its disk. Here the oldest goes when there is one too many.</summary>
    public const int MaxMessages = 10_000;

    /// <summary>Of bodies; for the same reason.</summary>
    public const long MaxBytes = 64 << 20;

    /// <summary>Sent and not acknowledged, at a time: as edgeHub's protocol gateway does with a client.</summary>
    public const int Window = 10;

    /// <summary>timeToLiveSecs of storeAndForwardConfiguration, as it comes.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(2);

    private readonly Lock _gate = new();
    private readonly LinkedList<Kept> _kept = [];
    private readonly Dictionary<string, LinkedListNode<Kept>> _byId = new(StringComparer.Ordinal);
    private long _added;
    private long _bytes;

    /// <summary>Messages not acknowledged yet.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _kept.Count;
        }
    }

    /// <summary>Keeps a message; <see cref="Send"/> comes next. Returns how many old ones had to go for it.</summary>
    public int Add(string topic, byte[] body, DateTimeOffset now)
    {
        lock (_gate)
        {
            var node = _kept.AddLast(new Kept((++_added).ToString(CultureInfo.InvariantCulture), topic, body, now));
            _byId.Add(node.Value.Id, node);
            _bytes += body.Length;
            var lost = 0;
            for (; _kept.Count > MaxMessages || _bytes > MaxBytes; lost++) Remove(_kept.First!);
            return lost;
        }
    }

    /// <summary>Hands to a session, in order, what it has asked for and does not have yet, as far as its window goes.</summary>
    /// <param name="session">Tells sessions apart: what an earlier one had and did not acknowledge is handed over again.</param>
    /// <param name="qualityOf">Of a topic; null when the session has not asked for it: then it stays, and what is behind it goes ahead.</param>
    /// <param name="enqueue">Takes id, message and quality; false when the session takes no more.</param>
    /// <param name="now">Messages older than <see cref="Life"/> are forgotten.</param>
    public void Send(object session, Func<string, MqttQualityOfServiceLevel?> qualityOf, Func<string, string, byte[], MqttQualityOfServiceLevel, bool> enqueue, DateTimeOffset now)
    {
        lock (_gate)
        {
            while (_kept.First is { } oldest && now - oldest.Value.At > Life) Remove(oldest);
            var window = _kept.Count(k => ReferenceEquals(k.Session, session));
            for (var (node, next) = (_kept.First, _kept.First?.Next); node is not null && window < Window; (node, next) = (next, next?.Next))
            {
                var kept = node.Value;
                if (ReferenceEquals(kept.Session, session) || qualityOf(kept.Topic) is not { } quality) continue;
                if (!enqueue(kept.Id, kept.Topic, kept.Body, quality)) return;
                if (quality == MqttQualityOfServiceLevel.AtMostOnce)
                {
                    Remove(node); // nobody will acknowledge it
                    continue;
                }

                kept.Session = session;
                window++;
            }
        }
    }

    /// <summary>It goes out now. True when it did before.</summary>
    public bool WasSent(string id)
    {
        lock (_gate)
        {
            if (!_byId.TryGetValue(id, out var node)) return false;
            var before = node.Value.WasSent;
            node.Value.WasSent = true;
            return before;
        }
    }

    public void Acknowledge(string id)
    {
        lock (_gate)
        {
            if (_byId.TryGetValue(id, out var node)) Remove(node);
        }
    }

    private void Remove(LinkedListNode<Kept> node)
    {
        _kept.Remove(node);
        _byId.Remove(node.Value.Id);
        _bytes -= node.Value.Body.Length;
    }

    private sealed class Kept(string id, string topic, byte[] body, DateTimeOffset at)
    {
        public string Id => id;

        public string Topic => topic;

        public byte[] Body => body;

        public DateTimeOffset At => at;

        /// <summary>That has it.</summary>
        public object? Session { get; set; }

        public bool WasSent { get; set; }
    }
}
