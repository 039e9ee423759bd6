using System.Globalization;

namespace EdgeVision.Capture;

/// <summary>The part of a camera URI after '?', read key by key; remembers the first mistake and what was asked for.</summary>
internal sealed class CameraUriQuery
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _known = [];

    /// <summary>The first mistake, as the rest of a sentence; null when there is none.</summary>
    public string? Error { get; private set; }

    /// <summary>True when there is any key.</summary>
    public bool IsGiven => _values.Count > 0;

    public static CameraUriQuery Parse(string text)
    {
        var query = new CameraUriQuery();
        foreach (var part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? part : part[..equals];
            if (!query._values.TryAdd(Uri.UnescapeDataString(key), equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..]))) query.Refuse($"{Shown(key)} is given twice");
        }

        return query;
    }

    public void Refuse(string mistake) => Error ??= mistake;

    public bool Flag(string key, bool fallback)
    {
        _known.Add(key);
        if (!_values.TryGetValue(key, out var text)) return fallback;
        if (bool.TryParse(text, out var flag)) return flag;
        Refuse($"{key}={Shown(text)} is not true or false");
        return fallback;
    }

    public double Number(string key, double fallback, double min, double max, bool whole = false)
    {
        _known.Add(key);
        if (!_values.TryGetValue(key, out var text)) return fallback;
        var styles = whole ? NumberStyles.None : NumberStyles.AllowDecimalPoint;
        if (double.TryParse(text, styles, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Refuse(string.Create(CultureInfo.InvariantCulture, $"{key}={Shown(text)} is not a {(whole ? "whole number" : "number")} from {min} to {max}"));
        return fallback;
    }

    /// <summary>One of some words; null when the key is not there.</summary>
    public string? Choice(string key, params ReadOnlySpan<string> words)
    {
        _known.Add(key);
        if (!_values.TryGetValue(key, out var text)) return null;
        foreach (var word in words)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase)) return word;
        }

        Refuse($"{key}={Shown(text)} is not one of {string.Join(", ", words!)}");
        return null;
    }

    /// <summary>Whole numbers with commas between; null when the key is not there.</summary>
    /// <param name="key">In the query.</param>
    /// <param name="names">What the numbers are, with commas between.</param>
    /// <param name="min">Least.</param>
    /// <param name="max">Most.</param>
    public int[]? WholeNumbers(string key, string names, int min, int max)
    {
        _known.Add(key);
        if (!_values.TryGetValue(key, out var text)) return null;
        var parts = text.Split(',');
        var numbers = new int[parts.Length];
        var isGood = parts.Length == names.Split(',').Length;
        for (var i = 0; i < parts.Length && isGood; i++) isGood = int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) && numbers[i] >= min && numbers[i] <= max;
        if (isGood) return numbers;
        Refuse(string.Create(CultureInfo.InvariantCulture, $"{key}={Shown(text)} is not {names}, whole numbers from {min} to {max}"));
        return null;
    }

    /// <summary>A key nobody asked for is a mistake; its value, which may be a secret, is not repeated.</summary>
    public void RefuseUnknown()
    {
        if (_values.Keys.FirstOrDefault(k => !_known.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            Refuse($"{Shown(unknown)} is not known here; known are {string.Join(", ", _known)}");
    }

    /// <summary>Only a plain word or number is repeated: anything else may be a piece of a password that held '?' or '&amp;'.</summary>
    private static string Shown(string text) =>
        text.Length <= 40 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or ',' or '-' or '+' or '_') ? text : "(…)";
}
