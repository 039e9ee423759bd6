using EdgeVision.Events;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Delivery;

/// <content>
/// A disk that goes on refusing: after a moment nobody waits for it any longer, so that detection goes on. Events wait in memory, so many
/// of them; beyond that the oldest of the lowest family go, and an event says so once the disk takes it.
/// </content>
internal sealed partial class OutboxWriter
{
    /// <summary>Events that wait in memory: some 8 MiB of detections.</summary>
    public const int MemoryEvents = 8192;

    /// <summary>How long whoever appends waits for the disk.</summary>
    private static readonly TimeSpan DiskPatience = TimeSpan.FromSeconds(2);

    /// <summary>How long events stay in memory, where a power cut would lose them, before older ones on a full disk make room.</summary>
    private static readonly TimeSpan MemoryPatience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LookWhileFailing = TimeSpan.FromMilliseconds(250);

    private long _inMemory;
    private bool _holdsInMemory;

    private void HoldInMemory()
    {
        if (Volatile.Read(ref _closing) || _time.GetElapsedTime(_failingSince) < DiskPatience) return;
        var events = 0L;
        foreach (var request in _batch)
        {
            events += request.Events.Count;
            if (request.DeadLetter is null) request.Release();
        }

        if (events > 0 && !_holdsInMemory)
        {
            _holdsInMemory = true;
            HoldsInMemory(_logger, _path, DiskPatience.TotalSeconds, MemoryEvents);
        }

        if (events > MemoryEvents) events -= DropFromMemory((int)(events - (MemoryEvents * 9 / 10)));
        Volatile.Write(ref _inMemory, events);
    }

    private int DropFromMemory(int count)
    {
        var dropped = 0;
        foreach (var family in FamilyCounts.Families)
        {
            for (var i = 0; i < _batch.Count && dropped < count; i++)
            {
                var gone = _batch[i].Events.Any(e => e.Family == family) ? _batch[i].Drop(family, count - dropped) : 0;
                dropped += gone;
                _lostInMemory.Add(family, gone);
            }
        }

        _batch.RemoveAll(r => r.DeadLetter is null && r.Events.Count == 0);
        return dropped;
    }

    [LoggerMessage(EventIds.OutboxHoldsInMemory, LogLevel.Error,
        "Outbox {Path}: the disk has refused for {Seconds} s. Detection goes on and up to {Count} events wait in memory, where a power cut loses them.")]
    private static partial void HoldsInMemory(ILogger logger, string path, double seconds, int count);
}
