using EdgeVision.Delivery;
using EdgeVision.Events;

namespace EdgeVision.Azure.Hub;

/// <summary>
/// What a message shall hold, and whether it may wait for more. Events of one camera share one, up to a size, as long as they are alike; events of other
/// cameras in between do not part them. A camera's events stay in their order; what comes between cameras may overtake, by as long as events wait for
/// each other.
/// </summary>
/// <param name="Entries">In order, not empty, of one camera.</param>
/// <param name="IsOpen">It has room for its camera's next event, and nothing urgent.</param>
internal sealed record TelemetryPlan(OutboxEntry[] Entries, bool IsOpen)
{
    /// <param name="entries">In order.</param>
    /// <param name="repeats">Sequences of messages that were sent before and not acknowledged, in the order they were sent: they are made again exactly so, and first.</param>
    /// <param name="limit">Bytes of a message with more than one event.</param>
    public static List<TelemetryPlan> Of(IReadOnlyList<OutboxEntry> entries, IEnumerable<long[]> repeats, int limit)
    {
        var left = new SortedDictionary<long, OutboxEntry>();
        foreach (var entry in entries) left.Add(entry.Sequence, entry);
        var messages = new List<TelemetryPlan>();
        foreach (var repeat in repeats)
        {
            OutboxEntry[] again = [.. repeat.Where(left.ContainsKey).Select(s => left[s])];
            foreach (var entry in again) left.Remove(entry.Sequence);
            if (again.Length > 0) messages.Add(new TelemetryPlan(again, IsOpen: false));
        }

        var open = new Dictionary<string, Group>(StringComparer.Ordinal);
        var groups = new List<Group>();
        foreach (var entry in left.Values)
        {
            if (!open.TryGetValue(entry.Camera ?? "", out var group) || !group.TryAdd(entry, limit)) groups.Add(open[entry.Camera ?? ""] = new Group(entry));
        }

        // Groups were begun in the order of their first events, a camera's own one after the other.
        messages.AddRange(groups.Select(g => new TelemetryPlan([.. g.Entries], IsOpen: open[g.Camera] == g && !g.IsUrgent)));
        return messages;
    }

    private sealed class Group(OutboxEntry first)
    {
        private int _bytes = TelemetryMessage.BytesOf(first);

        public string Camera { get; } = first.Camera ?? "";

        /// <summary>Alike are also of one family.</summary>
        public bool IsUrgent => first.Family is EventFamily.Rule or EventFamily.System;

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
