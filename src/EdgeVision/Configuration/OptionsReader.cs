using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeVision.Configuration;

/// <summary>
/// Reads one section of the configuration. Each options record has a <c>Read</c> that asks for its keys one by one, and that one statement
/// is binding, default, range check and documentation at once. Nothing throws: every mistake of the whole tree is collected, a mistaken
/// value reads as its default so that reading goes on. Values may be JSON of the right kind or text (as the environment gives it).
/// </summary>
/// <remarks>Instead of the options binder, which stops at the first mistake and needs reflection or repeats every key: docs/adr/0003.</remarks>
public sealed partial class OptionsReader
{
    private const string Twice = "stands here twice, in different case; keep one.";
    private readonly JsonObject? _node;
    private readonly string _path;
    private readonly OptionsReading _reading;
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    internal OptionsReader(JsonObject? node, string path, OptionsReading reading) => (_node, _path, _reading) = (node, path, reading);

    /// <summary>Reads nothing, so that every value is its default.</summary>
    public static T Defaults<T>(Func<OptionsReader, T> read) => OptionsReading.Read(ConfigurationTree.Empty(), read).Options;

    /// <summary>Where relative paths of the configuration start.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, _reading.Tree.BaseDirectory);

    /// <summary>True when nothing is read and only the keys are wanted, also those that depend on another's value.</summary>
    public bool IsDocumenting => _reading.Documenting;

    /// <summary>True when the value was set by the environment, where secrets are welcome.</summary>
    public bool IsFromEnvironment(string key) => _reading.Tree.IsFromEnvironment(WithoutRoot(Join(key)));

    /// <summary>The environment variable that sets the key.</summary>
    public string EnvironmentVariable(string key) => EnvironmentName(key);

    /// <summary>True when the key is there, whatever it holds: for keys that mean nothing beside another's value.</summary>
    public bool IsSet(string key) => Find(key) is not null;

    /// <summary>True when the key is there and holds a list.</summary>
    public bool IsList(string key) => Find(key) is JsonArray;

    public int Integer(string key, int fallback, int min, int max, string text) => (int)(Amount(key, Whole, fallback, min, max, text) ?? fallback);

    public int RequiredInteger(string key, int min, int max, string text) => (int)(Amount(key, Whole, null, min, max, text, required: true) ?? min);

    public double Number(string key, double fallback, double min, double max, string text) => Amount(key, Real, fallback, min, max, text) ?? fallback;

    public double RequiredNumber(string key, double min, double max, string text) => Amount(key, Real, null, min, max, text, required: true) ?? min;

    /// <summary>Null means off.</summary>
    public double? OptionalNumber(string key, double min, double max, string text) => Amount(key, Real, null, min, max, text);

    /// <summary>A duration, written as whole milliseconds; the key ends in <c>Ms</c>.</summary>
    public TimeSpan Milliseconds(string key, int fallback, int min, int max, string text) =>
        TimeSpan.FromMilliseconds(Amount(key, WholeMilliseconds, fallback, min, max, text) ?? fallback);

    /// <summary>A list of as many numbers as <paramref name="fallback"/> has.</summary>
    public IReadOnlyList<double> Numbers(string key, IReadOnlyList<double> fallback, double min, double max, string text)
    {
        Declare(key, "list of numbers", $"[{string.Join(", ", fallback.Select(Show))}]", $"{fallback.Count} of {Range(min, max)}", text);
        return Amounts(key, Real, fallback.Count, fallback.Count, min, max) ?? fallback;
    }

    public IReadOnlyList<int> RequiredIntegers(string key, int minCount, int maxCount, int min, int max, string text)
    {
        Declare(key, "list of integers", null, $"{Range(minCount, maxCount)} of {Range(min, max)}", text, required: true);
        return [.. Amounts(key, Whole, minCount, maxCount, min, max)?.Select(n => (int)n) ?? []];
    }

    /// <summary>At most <paramref name="maxCount"/>; absent reads as none.</summary>
    public IReadOnlyList<int> Integers(string key, int maxCount, int min, int max, string text)
    {
        Declare(key, "list of integers", "[]", $"at most {Show(maxCount)} of {Range(min, max)}", text);
        return [.. Amounts(key, Whole, 0, maxCount, min, max)?.Select(n => (int)n) ?? []];
    }

    /// <summary>Numbers by a name that the user chooses; case matters in it.</summary>
    public IReadOnlyDictionary<string, double> NumbersByName(string key, double min, double max, string text)
    {
        Declare(key, "numbers by name", null, Range(min, max), text);
        return (ObjectAt(key) ?? []).ToDictionary(p => p.Key, p => InRange($"{key}:{p.Key}", p.Value, Real, min, max) ?? min);
    }

    /// <summary>Texts, numbers or true and false, by a name that the user chooses, in the order they stand; all as text.</summary>
    public IReadOnlyDictionary<string, string> ValuesByName(string key, string text)
    {
        Declare(key, "values by name", null, null, text);
        var values = new OrderedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, node) in ObjectAt(key) ?? [])
        {
            var value = node?.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? node.ToJsonString() : AsText(node);
            if (value is null) Mistaken($"{key}:{name}", node, "a text, a number, true or false", false);
            else if (!values.TryAdd(name, value)) _reading.Add($"{Join(key)}:{name}", Twice);
        }

        return values;
    }

    public bool Flag(string key, bool fallback, string text)
    {
        Declare(key, "true or false", fallback ? "true" : "false", null, text);
        if (Value(key) is not { } value) return fallback;
        if (value.GetValueKind() is JsonValueKind.True or JsonValueKind.False) return value.GetValue<bool>();
        if (AsText(value) is { } word && bool.TryParse(word, out var flag)) return flag;
        return Mistaken(key, value, "true or false", fallback);
    }

    /// <param name="key">Its name.</param>
    /// <param name="fallback">Null means off.</param>
    /// <param name="text">What it does.</param>
    /// <param name="check">Null when the value is fine, otherwise the rest of a sentence that begins with the value.</param>
    public string? Text(string key, string? fallback, string text, Func<string, string?>? check = null)
    {
        Declare(key, "text", fallback, null, text);
        return Checked(key, check) ?? fallback;
    }

    /// <summary>A text that must be there and not be empty.</summary>
    public string RequiredText(string key, string text, Func<string, string?>? check = null)
    {
        Declare(key, "text", null, null, text, required: true);
        return Checked(key, value => value.Length == 0 ? "is empty; set it" : check?.Invoke(value)) ?? "";
    }

    /// <summary>A path as a full path; a relative one starts at <see cref="ConfigurationTree.BaseDirectory"/>.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="text">What lies there.</param>
    /// <param name="check">Null when the full path is fine, otherwise the rest of a sentence that begins with the value.</param>
    public string? FilePath(string key, string text, Func<string, string?>? check = null)
    {
        Declare(key, "path", null, null, text);
        return Checked(key, path => path.Length is 0 or > 4096 || path.Contains('\0', StringComparison.Ordinal) ? "is no path" : check?.Invoke(FullPath(path))) is { } path
            ? FullPath(path)
            : null;
    }

    /// <summary>Welcome only from the environment: configuration files are copied, committed and sent by mail.</summary>
    public string? Secret(string key, string fileKey, string text)
    {
        Declare(key, "secret", null, "environment only", text);
        if (Value(key) is not { } value) return null;
        if (_reading.Tree.IsFromEnvironment(WithoutRoot(Join(key)))) return AsText(value);
        Refuse(key, $"a secret stands in the configuration; put it into a file and name that in {fileKey}, or into the environment as {EnvironmentName(key)}.");
        return null;
    }

    public T OneOf<T>(string key, T fallback, string text, params ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct => Choice(key, fallback, text, choices) ?? fallback;

    public T RequiredOneOf<T>(string key, string text, params ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct => Choice(key, null, text, choices) ?? choices[0].Value;

    /// <summary>A list of texts; from the environment one text with commas.</summary>
    public IReadOnlyList<string> Texts(string key, string text, Func<string, string?>? check = null)
    {
        Declare(key, "list of texts", "[]", null, text);
        if (Value(key, allowArray: true) is not { } node) return [];
        if (AsText(node) is { } line) return [.. line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(t => Fine(key, t, check))];
        if (node is not JsonArray array) return Mistaken<IReadOnlyList<string>>(key, node, "a list of texts", []);
        var texts = new List<string>(array.Count);
        for (var i = 0; i < array.Count; i++)
        {
            if (AsText(array[i]) is not { } word) Mistaken($"{key}[{i}]", array[i], "a text", false);
            else if (Fine($"{key}[{i}]", word, check)) texts.Add(word);
        }

        return texts;
    }

    /// <summary>A section with keys of its own; absent reads as all defaults, and requires nothing.</summary>
    public T Section<T>(string key, Func<OptionsReader, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        _known.Add(key);
        return _reading.ReadSection(ObjectAt(key), Join(key), read);
    }

    /// <summary>A section that switches something on by being there; null when it is absent.</summary>
    public T? OptionalSection<T>(string key, Func<OptionsReader, T> read)
        where T : class
    {
        if (IsDocumenting || Find(key) is not null) return Section(key, read);
        _known.Add(key);
        return null;
    }

    /// <summary>A section that must be there.</summary>
    public T RequiredSection<T>(string key, Func<OptionsReader, T> read)
    {
        Require(key);
        return Section(key, read);
    }

    /// <summary>A list of sections; absent reads as none.</summary>
    public IReadOnlyList<T> Sections<T>(string key, int maxCount, string text, Func<OptionsReader, T> read) => SectionList(key, maxCount, text, read, required: false);

    /// <summary>A list of sections that must be there, and may be empty.</summary>
    public IReadOnlyList<T> RequiredSections<T>(string key, int maxCount, string text, Func<OptionsReader, T> read) => SectionList(key, maxCount, text, read, required: true);

    /// <summary>Sections by a name that the user chooses, in the order they stand.</summary>
    public IReadOnlyDictionary<string, T> Map<T>(string key, string text, Func<OptionsReader, T> read, Func<string, string?> checkName)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(checkName);
        Declare(key, "sections by name", null, null, text);
        if (_reading.Documenting) _reading.ReadSection(null, Join(key) + ":<name>", read);
        var map = new OrderedDictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, node) in ObjectAt(key) ?? [])
        {
            var path = Join(key) + ":" + name;
            if (checkName(name) is { } wrong) _reading.Add(path, $"the name '{name}' {wrong}.");
            if (map.ContainsKey(name)) _reading.Add(path, Twice);
            else if (node is JsonObject section) map[name] = _reading.ReadSection(section, path, read);
            else _reading.Add(path, $"{Quote(node)} stands where a section was expected; write {{ … }}.");
        }

        return map;
    }

    /// <summary>Adds a mistake that only several values together make.</summary>
    public void Refuse(string key, string text) => _reading.Add(Join(key), text);

    /// <summary>Whatever nobody asked for is a mistake, with the nearest key as a suggestion; so is what was asked for once and stands twice.</summary>
    internal void RefuseUnknownKeys()
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, _) in _node ?? [])
        {
            if (_reading.IsFull) return;
            if (_known.Contains(name))
            {
                if (!seen.Add(name)) Refuse(name, Twice);
                continue;
            }

            var nearest = Spelling.Nearest(name, _known);
            if (_known.Count == 0)
            {
                Refuse(name, "unknown key; none is known here, remove it.");
                continue;
            }

            var known = string.Join(", ", _known.Order(StringComparer.OrdinalIgnoreCase));
            Refuse(name, nearest is null ? $"unknown key; known here are {known}." : $"unknown key; did you mean {nearest}? Known here are {known}.");
        }
    }
}
