using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeVision.Configuration;

public sealed partial class OptionsReader
{
    private static readonly Kind Whole = new("integer", "a whole number", IsWhole: true);
    private static readonly Kind WholeMilliseconds = new("milliseconds", "milliseconds, a whole number", IsWhole: true);
    private static readonly Kind Real = new("number", "a number", IsWhole: false);

    private readonly record struct Kind(string Type, string Expected, bool IsWhole);

    private void Declare(string key, string type, string? fallback, string? range, string text, bool required = false)
    {
        _known.Add(key);
        if (required) range = range is null ? "required" : $"{range}, required";
        _reading.Describe(new OptionKey(Join(key), type, fallback, range, text));
        if (required) Require(key);
    }

    /// <summary>In a section that is not there nothing is missing: the section is, or nobody asked for it.</summary>
    private void Require(string key)
    {
        if (_node is not null && Find(key) is null) Refuse(key, "is missing; set it.");
    }

    /// <summary>Null when absent or JSON null, which means "the default".</summary>
    private JsonNode? Find(string key) => _node is not null && ConfigurationTree.FindKey(_node, key) is { } name ? _node[name] : null;

    private JsonNode? Value(string key, bool allowArray = false)
    {
        var node = Find(key);
        if (node is null or JsonValue || (allowArray && node is JsonArray)) return node;
        Refuse(key, $"{(node is JsonArray ? "a list" : "a section")} stands where {(allowArray ? "a list" : "one value")} was expected.");
        return null;
    }

    private JsonObject? ObjectAt(string key)
    {
        if (Find(key) is not { } node) return null;
        if (node is JsonObject section) return section;
        Refuse(key, $"{Quote(node)} stands where a section was expected; write {{ … }}.");
        return null;
    }

    private List<T> SectionList<T>(string key, int maxCount, string text, Func<OptionsReader, T> read, bool required)
    {
        Declare(key, "list of sections", required ? null : "[]", $"at most {Show(maxCount)}", text, required);
        if (_reading.Documenting) _reading.ReadSection(null, Join(key) + "[]", read);
        if (Value(key, allowArray: true) is not { } node) return [];
        if (node is not JsonArray list || list.Count > maxCount) return Mistaken<List<T>>(key, node, $"a list of at most {Show(maxCount)} sections", []);
        var sections = new List<T>(list.Count);
        for (var i = 0; i < list.Count && !_reading.IsFull; i++)
        {
            if (list[i] is JsonObject section) sections.Add(_reading.ReadSection(section, $"{Join(key)}[{i}]", read));
            else Mistaken($"{key}[{i}]", list[i], "a section", false);
        }

        return sections;
    }

    private string? Checked(string key, Func<string, string?>? check)
    {
        if (Value(key) is not { } node) return null;
        if (AsText(node) is { } value) return Fine(key, value, check) ? value : null;
        return Mistaken<string?>(key, node, "a text", null);
    }

    private bool Fine(string key, string value, Func<string, string?>? check)
    {
        if (check?.Invoke(value) is not { } wrong) return true;
        Refuse(key, $"'{Shorten(value)}' {wrong}.");
        return false;
    }

    private double? Amount(string key, Kind kind, double? fallback, double min, double max, string text, bool required = false)
    {
        Declare(key, kind.Type, fallback is { } number ? Show(number) : null, Range(min, max), text, required);
        return Value(key) is { } node ? InRange(key, node, kind, min, max) : null;
    }

    private List<double>? Amounts(string key, Kind kind, int minCount, int maxCount, double min, double max)
    {
        if (Value(key, allowArray: true) is not { } node) return null;
        if (node is JsonArray list && list.Count >= minCount && list.Count <= maxCount)
            return [.. list.Select((item, i) => InRange($"{key}[{i}]", item, kind, min, max) ?? min)];
        return Mistaken<List<double>?>(key, node, $"a list of {(minCount == maxCount ? Show(minCount) : $"{Show(minCount)} to {Show(maxCount)}")} numbers", null);
    }

    private double? InRange(string key, JsonNode? node, Kind kind, double min, double max)
    {
        if (AsDouble(node) is { } number && number >= min && number <= max && (!kind.IsWhole || Math.Floor(number) == number)) return number;
        return Mistaken<double?>(key, node, $"{kind.Expected} from {Show(min)} to {Show(max)}", null);
    }

    /// <param name="key">Its name.</param>
    /// <param name="fallback">Null means required.</param>
    /// <param name="text">What it does.</param>
    /// <param name="choices">At least one.</param>
    private T? Choice<T>(string key, T? fallback, string text, ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct
    {
        var words = new List<string>(choices.Length);
        string? fallbackWord = null;
        T? chosen = null;
        var node = Value(key);
        foreach (var (word, value) in choices)
        {
            words.Add(word);
            if (EqualityComparer<T?>.Default.Equals(value, fallback)) fallbackWord = word;
            if (string.Equals(AsText(node), word, StringComparison.OrdinalIgnoreCase)) chosen = value;
        }

        Declare(key, "one of", fallbackWord, string.Join(", ", words), text, required: fallback is null);
        return chosen is not null || node is null ? chosen : Mistaken<T?>(key, node, "one of " + string.Join(", ", words), null);
    }

    private T Mistaken<T>(string key, JsonNode? node, string expected, T fallback)
    {
        Refuse(key, $"{Quote(node)} is not {expected}.");
        return fallback;
    }

    private static double? AsDouble(JsonNode? node)
    {
        var text = node?.GetValueKind() switch
        {
            JsonValueKind.Number => node!.ToJsonString(),
            JsonValueKind.String => AsText(node),
            _ => null,
        };
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }

    private static string? AsText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    /// <summary>A value as it stands in the file, shortened: a mistake is a line, not a page.</summary>
    private static string Quote(JsonNode? node) => node is null ? "null" : AsText(node) is { } word ? $"'{Shorten(word)}'" : Shorten(node.ToJsonString());

    /// <summary>A URI is shown by its scheme: behind it stand user, password and token of whoever put a camera or broker in the wrong place.</summary>
    private static string Shorten(string text)
    {
        if (text.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0) text = text[..(scheme + 3)] + "***";
        return text.Length <= 60 ? text : text[..57] + "…";
    }

    private static string Show(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Range(double min, double max) => $"{Show(min)} … {Show(max)}";

    private string Join(string key) => $"{_path}:{key}";

    private string EnvironmentName(string key) => Join(key).Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();

    private static string WithoutRoot(string path) => path[(path.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
