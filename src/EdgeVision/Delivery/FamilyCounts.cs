using EdgeVision.Events;

namespace EdgeVision.Delivery;

/// <summary>One number a family. One writes, anyone reads.</summary>
internal sealed class FamilyCounts
{
    public static readonly IReadOnlyList<EventFamily> Families = Enum.GetValues<EventFamily>();

    private readonly long[] _counts = new long[(int)Enum.GetValues<EventFamily>().Max() + 1];

    public long Total
    {
        get
        {
            var total = 0L;
            for (var i = 0; i < _counts.Length; i++) total += Volatile.Read(ref _counts[i]);
            return total;
        }
    }

    /// <summary>The family that goes first; null when all are 0.</summary>
    public EventFamily? Lowest
    {
        get
        {
            for (var i = 0; i < _counts.Length; i++)
            {
                if (_counts[i] > 0) return (EventFamily)i;
            }

            return null;
        }
    }

    public long Of(EventFamily family) => Volatile.Read(ref _counts[(int)family]);

    /// <summary>A number that no family has comes from a damaged file.</summary>
    public void Add(EventFamily family, long count)
    {
        if ((uint)family >= _counts.Length) throw new FormatException($"There is no family {(int)family}.");
        Volatile.Write(ref _counts[(int)family], _counts[(int)family] + count);
    }

    /// <summary>Adds all of <paramref name="deltas"/> and sets those to 0.</summary>
    public void Take(FamilyCounts deltas)
    {
        for (var i = 0; i < _counts.Length; i++) Volatile.Write(ref _counts[i], _counts[i] + deltas._counts[i]);
        deltas.Clear();
    }

    public void Clear() => Array.Clear(_counts);

    public Dictionary<EventFamily, long> ToDictionary() => Families.ToDictionary(f => f, Of);
}
