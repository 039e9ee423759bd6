using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeVision.Configuration;

public sealed partial class OptionsReader
{
    private void Document(string key, string type, string? fallback, string? range, string text)
    {
        _known.Add(key);
        _reading.Describe(new OptionKey(Join(key), type, fallback, range, text));
    }

    /// <summary>The value as a scalar node; null when absent or JSON null, which means "the default".</summary>
    private JsonNode? Value(string key, bool allowArray = false)
    {
        if (_node is null || ConfigurationTree.FindKey(_node, key) is not { } name || _node[name] is not { } node) return null;
        if (node is JsonValue || (allowArray && node is JsonArray)) return node;
        Refuse(key, $"{(node is JsonArray ? "a list" : "a section")} stands where {(allowArray ? "a list" : "one value")} was expected.");
        return null;
    }

    private JsonObject? ObjectAt(string key)
    {
        if (_node is null || ConfigurationTree.FindKey(_node, key) is not { } name || _node[name] is not { } node) return null;
        if (node is JsonObject section) return section;
        Refuse(key, $"{Quote(node)} stands where a section was expected; write {{ … }}.");
        return null;
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
        Refuse(key, $"'{value}' {wrong}.");
        return false;
    }

    private T InRange<T>(string key, JsonNode node, T? value, T fallback, T min, T max, string expected)
        where T : struct, INumber<T>
    {
        if (value is { } number && number >= min && number <= max) return number;
        return Mistaken(key, node, $"{expected} from {Show(min)} to {Show(max)}", fallback);
    }

    private int InRange(string key, JsonNode node, long? value, int fallback, int min, int max, string expected) =>
        (int)InRange<long>(key, node, value, fallback, min, max, expected);

    private T Mistaken<T>(string key, JsonNode? node, string expected, T fallback)
    {
        Refuse(key, $"{Quote(node)} is not {expected}.");
        return fallback;
    }

    private static long? AsLong(JsonNode node) =>
        AsDouble(node) is { } number && Math.Floor(number) == number && Math.Abs(number) < 1L << 52 ? (long)number : null;

    private static double? AsDouble(JsonNode node)
    {
        var text = node.GetValueKind() switch
        {
            JsonValueKind.Number => node.ToJsonString(),
            JsonValueKind.String => AsText(node),
            _ => null,
        };
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }

    private static string? AsText(JsonNode node) => node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static string? ChoiceWord<T>(T fallback, ReadOnlySpan<(string Word, T Value)> choices)
    {
        foreach (var (word, value) in choices)
        {
            if (EqualityComparer<T>.Default.Equals(value, fallback)) return word;
        }

        return null;
    }

    /// <summary>A value as it stands in the file, shortened: a mistake is a line, not a page.</summary>
    private static string Quote(JsonNode? node)
    {
        var text = node is null ? "null" : AsText(node) is { } word ? $"'{word}'" : node.ToJsonString();
        return text.Length <= 60 ? text : text[..57] + "…";
    }

    private static string Show<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private string Join(string key) => $"{_path}:{key}";

    private string EnvironmentName(string key) => Join(key).Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();

    private static string WithoutRoot(string path) => path[(ConfigurationTree.RootKey.Length + 1)..];
}
