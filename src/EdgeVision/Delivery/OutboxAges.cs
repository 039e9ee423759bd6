namespace EdgeVision.Delivery;

/// <summary>
/// Marks of the form "everything up to this sequence had been appended by then", about one a minute, so that the age of an event is known to a minute
/// without a column for it. Both numbers rise from mark to mark. One thread.
/// </summary>
internal sealed class OutboxAges
{
    private readonly List<Mark> _marks = [];

    public long LastSequence => _marks.Count > 0 ? _marks[^1].Sequence : 0;

    public int Count => _marks.Count;

    /// <summary>A mark that does not rise says nothing and is left out.</summary>
    public void Add(long sequence, long held)
    {
        if (_marks.Count > 0 && (sequence <= _marks[^1].Sequence || held < _marks[^1].Held)) return;
        _marks.Add(new Mark(sequence, held));
    }

    /// <summary>The last sequence that is known to have been there at <paramref name="held"/>; 0 for none.</summary>
    public long UpTo(long held)
    {
        var (low, high) = (0, _marks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_marks[middle].Held <= held) low = middle + 1;
            else high = middle;
        }

        return low == 0 ? 0 : _marks[low - 1].Sequence;
    }

    /// <summary>When it was there at the latest; null while no mark covers it.</summary>
    public long? HeldSince(long sequence)
    {
        foreach (var mark in _marks)
        {
            if (mark.Sequence >= sequence) return mark.Held;
        }

        return null;
    }

    /// <summary>Forgets marks that only speak of events before <paramref name="oldest"/>; the last one stays.</summary>
    public void Prune(long oldest)
    {
        var gone = _marks.FindIndex(m => m.Sequence >= oldest);
        _marks.RemoveRange(0, gone < 0 ? Math.Max(0, _marks.Count - 1) : gone);
    }

    private readonly record struct Mark(long Sequence, long Held);
}
