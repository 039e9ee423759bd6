using System.Text.Json.Nodes;

namespace EdgeVision.Configuration;

/// <summary>One pass over the whole tree: all mistakes, and on request the description of every key.</summary>
public sealed class OptionsReading
{
    /// <summary>More are not told: a wrong file of megabytes could make as many.</summary>
    public const int MaxMistakes = 100;

    private readonly List<ConfigurationMistake> _mistakes = [];
    private readonly List<OptionKey> _keys = [];

    private OptionsReading(ConfigurationTree tree, bool documenting) => (Tree, Documenting) = (tree, documenting);

    internal ConfigurationTree Tree { get; }

    internal bool Documenting { get; }

    /// <summary>The options, and every mistake found on the way; with mistakes, the options are not to be used.</summary>
    public static (T Options, IReadOnlyList<ConfigurationMistake> Mistakes) Read<T>(ConfigurationTree tree, Func<OptionsReader, T> read)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return Read(tree, tree.Root, ConfigurationTree.RootKey, read);
    }

    /// <summary>Reads what is not the configuration (a manifest, the arguments of a command), so without environment; <paramref name="name"/> begins the paths.</summary>
    public static (T Options, IReadOnlyList<ConfigurationMistake> Mistakes) Read<T>(JsonObject root, string name, Func<OptionsReader, T> read) =>
        Read(ConfigurationTree.Empty(), root, name, read);

    /// <summary>Every key that <paramref name="read"/> asks for, in its order; <paramref name="name"/> begins the paths.</summary>
    public static IReadOnlyList<OptionKey> Describe<T>(Func<OptionsReader, T> read, string name = ConfigurationTree.RootKey)
    {
        var reading = new OptionsReading(ConfigurationTree.Empty(), documenting: true);
        reading.ReadSection(null, name, read);
        return reading._keys;
    }

    private static (T Options, IReadOnlyList<ConfigurationMistake> Mistakes) Read<T>(ConfigurationTree tree, JsonObject root, string name, Func<OptionsReader, T> read)
    {
        var reading = new OptionsReading(tree, documenting: false);
        return (reading.ReadSection(root, name, read), reading._mistakes);
    }

    internal T ReadSection<T>(JsonObject? node, string path, Func<OptionsReader, T> read)
    {
        var reader = new OptionsReader(node, path, this);
        var options = read(reader);
        reader.RefuseUnknownKeys();
        return options;
    }

    /// <summary>True when nobody would read on.</summary>
    internal bool IsFull => _mistakes.Count > MaxMistakes;

    internal void Add(string path, string text)
    {
        if (IsFull) return;
        _mistakes.Add(_mistakes.Count < MaxMistakes
            ? new ConfigurationMistake(Line(path, 200), Line(text, 1000))
            : new ConfigurationMistake(path.Split(':')[0], "there are more mistakes; mend these first."));
    }

    internal void Describe(OptionKey key)
    {
        if (Documenting) _keys.Add(key);
    }

    /// <summary>Keys and values come from outside: what they say stays on one line of a terminal or log.</summary>
    private static string Line(string text, int maxLength)
    {
        if (text.Length > maxLength) text = text[..(maxLength - 1)] + "…";
        return string.Create(text.Length, text, static (line, from) =>
        {
            for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(from[i]) ? '\uFFFD' : from[i];
        });
    }
}
