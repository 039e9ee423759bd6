using System.Text.Json.Nodes;

namespace EdgeVision.Configuration;

/// <summary>One pass over the whole tree: all mistakes, and on request the description of every key.</summary>
public sealed class OptionsReading
{
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

    /// <summary>Reads a file that is not the configuration, so without environment; <paramref name="name"/> begins the paths.</summary>
    internal static (T Options, IReadOnlyList<ConfigurationMistake> Mistakes) Read<T>(JsonObject root, string name, Func<OptionsReader, T> read) =>
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

    internal void Add(string path, string text) => _mistakes.Add(new ConfigurationMistake(path, text));

    internal void Describe(OptionKey key)
    {
        if (Documenting) _keys.Add(key);
    }
}
