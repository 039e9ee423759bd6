namespace EdgeVision.Models;

/// <summary>Orders versions as people do: 1.10 after 1.9, and 1.0 after 1.0-rc1. Numbers by value, the rest by letter.</summary>
public sealed class VersionOrder : IComparer<string>
{
    public static readonly VersionOrder Instance = new();

    private VersionOrder()
    {
    }

    public int Compare(string? x, string? y)
    {
        var (a, b) = (Split(x ?? ""), Split(y ?? ""));
        for (var i = 0; i < Math.Max(a.Count, b.Count); i++)
        {
            if (i == a.Count) return b[i][0] == '-' ? 1 : -1;
            if (i == b.Count) return a[i][0] == '-' ? -1 : 1;
            var order = ComparePart(a[i], b[i]);
            if (order != 0) return order;
        }

        return string.CompareOrdinal(x, y);
    }

    private static int ComparePart(string a, string b)
    {
        if (!char.IsAsciiDigit(a[0]) || !char.IsAsciiDigit(b[0])) return string.CompareOrdinal(a, b);
        var (first, second) = (a.TrimStart('0'), b.TrimStart('0'));
        return first.Length != second.Length ? first.Length.CompareTo(second.Length) : string.CompareOrdinal(first, second);
    }

    /// <summary>Runs of digits and runs of anything else.</summary>
    private static List<string> Split(string version)
    {
        var parts = new List<string>();
        for (var at = 0; at < version.Length;)
        {
            var end = at + 1;
            while (end < version.Length && char.IsAsciiDigit(version[end]) == char.IsAsciiDigit(version[at])) end++;
            parts.Add(version[at..end]);
            at = end;
        }

        return parts;
    }
}
