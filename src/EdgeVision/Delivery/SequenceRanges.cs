using System.Globalization;
using System.Text;

namespace EdgeVision.Delivery;

/// <summary>A set of sequence numbers as ranges, oldest first. One thread.</summary>
internal sealed class SequenceRanges
{
    /// <summary>Past it the two that lie closest become one: what is between them is delivered twice, and the note on disk stays short.</summary>
    public const int Max = 64;

    private readonly List<(long From, long To)> _ranges = [];

    public bool IsEmpty => _ranges.Count == 0;

    public int Ranges => _ranges.Count;

    /// <summary>The oldest range, both ends included. Not empty.</summary>
    public (long From, long To) First => _ranges[0];

    /// <summary>How many numbers.</summary>
    public long Count
    {
        get
        {
            var count = 0L;
            foreach (var (from, to) in _ranges) count += to - from + 1;
            return count;
        }
    }

    /// <summary>From <paramref name="from"/> to <paramref name="to"/>, both included; nothing when there is no number between.</summary>
    public void Add(long from, long to)
    {
        if (to < from) return;
        // Those that touch become one.
        for (var i = _ranges.Count - 1; i >= 0; i--)
        {
            var range = _ranges[i];
            if (range.To < from - 1 || range.From > to + 1) continue;
            (from, to) = (Math.Min(from, range.From), Math.Max(to, range.To));
            _ranges.RemoveAt(i);
        }

        var at = _ranges.FindIndex(r => r.From > from);
        _ranges.Insert(at < 0 ? _ranges.Count : at, (from, to));
        if (_ranges.Count > Max) JoinClosest();
    }

    public void Remove(long from, long to)
    {
        for (var i = _ranges.Count - 1; i >= 0; i--)
        {
            var range = _ranges[i];
            if (range.To < from || range.From > to) continue;
            _ranges.RemoveAt(i);
            if (range.To > to) _ranges.Insert(i, (to + 1, range.To));
            if (range.From < from) _ranges.Insert(i, (range.From, from - 1));
        }
    }

    /// <summary><c>101-2000,3001-3100</c>: for the note on disk.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (from, to) in _ranges) text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? "," : "")}{from}-{to}");
        return text.ToString();
    }

    /// <summary>Null for what <see cref="ToString"/> does not write.</summary>
    public static SequenceRanges? Parse(ReadOnlySpan<char> text)
    {
        var ranges = new SequenceRanges();
        if (text.IsEmpty) return ranges;
        foreach (var part in text.Split(','))
        {
            var range = text[part];
            var dash = range.IndexOf('-');
            if (dash < 0
                || !long.TryParse(range[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
                || !long.TryParse(range[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var to)
                || from < 1 || to < from || to == long.MaxValue) return null;
            ranges.Add(from, to);
        }

        return ranges;
    }

    private void JoinClosest()
    {
        var closest = 1;
        for (var i = 2; i < _ranges.Count; i++)
        {
            if (_ranges[i].From - _ranges[i - 1].To < _ranges[closest].From - _ranges[closest - 1].To) closest = i;
        }

        _ranges[closest - 1] = (_ranges[closest - 1].From, _ranges[closest].To);
        _ranges.RemoveAt(closest);
    }
}
