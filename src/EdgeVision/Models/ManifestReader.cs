using System.Globalization;
using System.Text.Json;
using EdgeVision.Configuration;

namespace EdgeVision.Models;

/// <summary>
/// Reads one JSON object of a manifest key by key and collects its mistakes. A mistaken value reads as its default, so that reading goes on.
/// Stricter than the configuration's reader: a number is a number, never text.
/// </summary>
internal sealed class ManifestReader(JsonElement node, string path, List<string> mistakes)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public bool Has(string key) => Find(key) is not null;

    public bool IsArray(string key) => Find(key) is { ValueKind: JsonValueKind.Array };

    public void Ignore(string key) => _known.Add(key);

    /// <summary>A text of 1 … <paramref name="maxLength"/> characters without control characters; required.</summary>
    public string Text(string key, int maxLength, Func<string, bool>? check = null, string? expected = null)
    {
        if (Required(key) is not { } value) return "";
        if (value.ValueKind == JsonValueKind.String && TextOf(value) is { } text && IsText(text, maxLength) && check?.Invoke(text) != false) return text;
        return Mistaken(key, value, expected ?? $"a text of 1 to {maxLength} characters", "");
    }

    /// <param name="key">Its name.</param>
    /// <param name="fallback">Null means required.</param>
    /// <param name="min">Smallest allowed.</param>
    /// <param name="max">Largest allowed.</param>
    public int Integer(string key, int? fallback, int min, int max)
    {
        if (Value(key, fallback is null) is not { } value) return fallback ?? min;
        return AsInteger(value, min, max) ?? Mistaken(key, value, $"a whole number from {min} to {max}", fallback ?? min);
    }

    public float Number(string key, float? fallback, double min, double max)
    {
        if (Value(key, fallback is null) is not { } value) return fallback ?? (float)min;
        return AsNumber(value, min, max) ?? Mistaken(key, value, string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"), (float)min);
    }

    public T OneOf<T>(string key, T? fallback, params ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct
    {
        if (Value(key, fallback is null) is not { } value) return fallback ?? default;
        var words = new List<string>(choices.Length);
        foreach (var (word, choice) in choices)
        {
            if (value.ValueKind == JsonValueKind.String && TextOf(value) == word) return choice;
            words.Add($"\"{word}\"");
        }

        return Mistaken(key, value, words.Count == 1 ? words[0] : "one of " + string.Join(", ", words), fallback ?? default);
    }

    /// <summary>Three numbers, one a colour; all <paramref name="fallback"/> when absent.</summary>
    public float[] Triple(string key, float fallback, double min, double max)
    {
        float[] triple = [fallback, fallback, fallback];
        if (Find(key) is not { } value) return triple;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3) return Mistaken(key, value, "a list of 3 numbers, one a colour", triple);
        var at = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (AsNumber(item, min, max) is { } number) triple[at] = number;
            else Mistaken($"{key}[{at}]", item, string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"), 0);
            at++;
        }

        return triple;
    }

    /// <summary>Required, with <paramref name="minCount"/> … <paramref name="maxCount"/> members.</summary>
    public int[] Integers(string key, int minCount, int maxCount, int min, int max)
    {
        if (Required(key) is not { } value) return [];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() < minCount || value.GetArrayLength() > maxCount)
            return Mistaken<int[]>(key, value, $"a list of {minCount} to {maxCount} whole numbers", []);
        var numbers = new List<int>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
            numbers.Add(AsInteger(item, min, max) ?? Mistaken($"{key}[{numbers.Count}]", item, $"a whole number from {min} to {max}", min));
        return [.. numbers];
    }

    /// <summary>Numbers by a name that the author chooses; empty when absent.</summary>
    public Dictionary<string, float> Numbers(string key, double min, double max)
    {
        var numbers = new Dictionary<string, float>(StringComparer.Ordinal);
        if (Find(key) is not { } value) return numbers;
        if (value.ValueKind != JsonValueKind.Object) return Mistaken(key, value, "an object of numbers by label", numbers);
        foreach (var member in value.EnumerateObject())
        {
            if (AsNumber(member.Value, min, max) is { } number) numbers[member.Name] = number;
            else Mistaken($"{key}.{member.Name}", member.Value, string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"), 0);
        }

        return numbers;
    }

    /// <summary>A list of 1 … <paramref name="maxCount"/> texts.</summary>
    public List<string> Texts(string key, int maxCount, int maxLength)
    {
        var texts = new List<string>();
        if (Required(key) is not { } value) return texts;
        if (value.GetArrayLength() is 0 || value.GetArrayLength() > maxCount)
            return Mistaken(key, value, $"1 to {maxCount} texts", texts);
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String && TextOf(item) is { } text && IsText(text, maxLength)) texts.Add(text);
            else return Mistaken($"{key}[{texts.Count}]", item, $"a text of 1 to {maxLength} characters", texts);
        }

        return texts;
    }

    /// <summary>An object with keys of its own; required.</summary>
    public T Section<T>(string key, Func<ManifestReader, T> read, T fallback)
    {
        if (Required(key) is not { } value) return fallback;
        if (value.ValueKind != JsonValueKind.Object) return Mistaken(key, value, "an object", fallback);
        var reader = new ManifestReader(value, path + key + ".", mistakes);
        var section = read(reader);
        reader.RefuseUnknownKeys();
        return section;
    }

    /// <summary>Whatever nobody asked for is a mistake: a misspelt key must not silently mean its default.</summary>
    public void RefuseUnknownKeys()
    {
        foreach (var member in node.EnumerateObject())
        {
            var name = member.Name;
            if (_known.Contains(name)) continue;
            var nearest = Spelling.Nearest(name, _known);
            mistakes.Add(nearest is null ? $"unknown key '{path}{Shorten(name)}'" : $"unknown key '{path}{Shorten(name)}', did you mean '{path}{nearest}'");
        }
    }

    private JsonElement? Find(string key)
    {
        _known.Add(key);
        return node.TryGetProperty(key, out var value) ? value : null;
    }

    private JsonElement? Required(string key) => Value(key, required: true);

    private JsonElement? Value(string key, bool required)
    {
        var value = Find(key);
        if (value is null && required) mistakes.Add($"'{path}{key}' is missing");
        return value;
    }

    private T Mistaken<T>(string key, JsonElement value, string expected, T fallback)
    {
        mistakes.Add($"'{path}{Shorten(key)}' is {Shorten(value.GetRawText())}, expected {expected}");
        return fallback;
    }

    private static int? AsInteger(JsonElement value, int min, int max) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max ? number : null;

    private static float? AsNumber(JsonElement value, double min, double max) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= min && number <= max ? (float)number : null;

    private static bool IsText(string text, int maxLength) =>
        text.Length <= maxLength && !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl);

    /// <summary>Null for an escape that is half a surrogate pair: valid JSON, but no text.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..77] + "…";
}
