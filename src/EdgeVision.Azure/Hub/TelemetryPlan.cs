using EdgeVision.Delivery;
using EdgeVision.Events;

namespace EdgeVision.Azure.Hub;

/// <summary>
/// Which events share a message. Those of one camera do, up to a size, as long as they are alike; events of other cameras in between do not part them. A
/// camera's events stay in their order; what comes between cameras may overtake, by as long as events wait for each other.
/// </summary>
internal static class TelemetryPlan
{
    /// <param name="entries">In order.</param>
    /// <param name="repeats">Sequences of messages that were sent before and not acknowledged, in the order they were sent: they are made again exactly so, and first.</param>
    /// <param name="limit">Bytes of a message with more than one event.</param>
    public static List<OutboxEntry[]> Of(IReadOnlyList<OutboxEntry> entries, IEnumerable<long[]> repeats, int limit)
    {
        var left = new SortedDictionary<long, OutboxEntry>();
        foreach (var entry in entries) left.Add(entry.Sequence, entry);
        var messages = new List<OutboxEntry[]>();
        foreach (var repeat in repeats)
        {
            OutboxEntry[] again = [.. repeat.Where(left.ContainsKey).Select(s => left[s])];
            foreach (var entry in again) left.Remove(entry.Sequence);
            if (again.Length > 0) messages.Add(again);
        }

        var open = new Dictionary<string, Group>(StringComparer.Ordinal);
        var groups = new List<Group>();
        foreach (var entry in left.Values)
        {
            var camera = entry.Camera ?? "";
            if (!open.TryGetValue(camera, out var group) || !group.TryAdd(entry, limit)) groups.Add(open[camera] = new Group(entry));
        }

        // Groups were begun in the order of their first events, a camera's own one after the other.
        messages.AddRange(groups.Select(g => g.Entries.ToArray()));
        return messages;
    }

    /// <summary>Whether these may wait for more: none is urgent, and the messages they make have room.</summary>
    /// <param name="entries">In order, not empty.</param>
    /// <param name="limit">Bytes of a message.</param>
    public static bool HasTime(IReadOnlyList<OutboxEntry> entries, int limit)
    {
        var (bytes, cameras) = (0L, new HashSet<string>(StringComparer.Ordinal));
        foreach (var entry in entries)
        {
            if (entry.Family is EventFamily.Rule or EventFamily.System) return false;
            bytes += entry.Body.Length + 1;     // and a comma
            cameras.Add(entry.Camera ?? "");
        }

        return bytes < (long)limit * cameras.Count;
    }

    private sealed class Group(OutboxEntry first)
    {
        private int _bytes = TelemetryMessage.BytesOf(first);

        public List<OutboxEntry> Entries { get; } = [first];

        public bool TryAdd(OutboxEntry entry, int limit)
        {
            var bytes = _bytes + 1 + entry.Body.Length;
            if (bytes > limit || entry.Severity != first.Severity || entry.Type != first.Type) return false;
            _bytes = bytes;
            Entries.Add(entry);
            return true;
        }
    }
}
