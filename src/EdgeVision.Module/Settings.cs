using System.Collections;
using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Configuration;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Module.Commands;
using EdgeVision.Mqtt;
using EdgeVision.Outputs;

namespace EdgeVision.Module;

/// <summary>The configuration in force, from all its layers: defaults, file, environment, command line.</summary>
/// <param name="Options">Checked.</param>
/// <param name="DataDirectory">Full path; null for a temporary one.</param>
/// <param name="Version">Names this configuration in events.</param>
/// <param name="Tree">What they were read from.</param>
internal sealed record Settings(EdgeVisionOptions Options, string? DataDirectory, string Version, ConfigurationTree Tree)
{
    /// <summary>Sections that are read at the start only: who the node is, where its events lie, whose models it takes, and the link that would bring the change.</summary>
    public static readonly IReadOnlyList<string> AtStartOnly = ["Node", "DataDirectory", "Models", "Outbox", "IotHub", "Http"];

    /// <summary>The model in force.</summary>
    public ModelLocation Model => new(Options.Model, Options.ModelManifest, Options.BaseDirectory, DataDirectory) { StoreOptions = Options.Models };

    /// <summary>Reads and checks everything; all mistakes are told at once.</summary>
    /// <exception cref="CommandException">Its message is the list of mistakes.</exception>
    public static Settings Load(NodeRequest request, IEnumerable<KeyValuePair<string, string>> environment, bool camerasRequired = true)
    {
        var tree = request.Config is null ? ConfigurationTree.Empty() : ReadFile(request.Config);
        // Before the environment too: its upper case must not become the names of cameras that the command line names.
        OverlayCameras(tree, request);
        if (!request.Demo) tree.OverlayEnvironment(environment);
        OverlayCommandLine(tree, request);

        var (options, mistakes) = OptionsReading.Read(tree, EdgeVisionOptions.Read);
        if (mistakes.Count > 0) throw new CommandException(Tell(mistakes));
        if (options.Cameras.Count == 0 && camerasRequired)
            throw new CommandException("There is no camera to run; name one with --camera (for example --camera test:pattern) or under EdgeVision:Cameras in the configuration file.");
        return Of(request, options, tree);
    }

    /// <summary>What would be in force without any configuration.</summary>
    public static Settings Defaults(NodeRequest request) => Of(request, OptionsReader.Defaults(EdgeVisionOptions.Read), ConfigurationTree.Empty());

    /// <summary>The mistakes that only show once the model and so its labels are known.</summary>
    /// <exception cref="CommandException">Its message is the list of mistakes.</exception>
    public void CheckClasses(ModelIdentity model)
    {
        var mistakes = ClassMistakes(model);
        if (mistakes.Count > 0) throw new CommandException(Tell(mistakes));
    }

    /// <inheritdoc cref="CheckClasses"/>
    public IReadOnlyList<ConfigurationMistake> ClassMistakes(ModelIdentity model) =>
    [
        .. Options.Cameras.SelectMany(c => DetectionFilter.UnknownClasses(c.Value.Filter.Classes, model.Name, model.Labels)
            .Select(text => new ConfigurationMistake($"{ConfigurationTree.RootKey}:Cameras:{c.Key}:Classes", text))),
        .. Options.Cameras.SelectMany(c => DetectionFilter.UnknownClasses(c.Value.Evidence.Classes, model.Name, model.Labels)
            .Select(text => new ConfigurationMistake($"{ConfigurationTree.RootKey}:Cameras:{c.Key}:Evidence:Classes", text))),
        // A misspelt one would show everybody.
        .. DetectionFilter.UnknownClasses(Options.Privacy.BlurClasses, model.Name, model.Labels).Select(text => new ConfigurationMistake($"{ConfigurationTree.RootKey}:Privacy:BlurClasses", text)),
        .. OutputCheck.Classes(Options.Outputs, Options.Cameras, model),
    ];

    /// <summary>These with the layer of the hub on top; null with everything that is wrong with that.</summary>
    public (Settings? Next, IReadOnlyList<ConfigurationMistake> Mistakes) With(JsonObject layer)
    {
        var fixedAtStart = layer.Where(s => AtStartOnly.Contains(s.Key, StringComparer.OrdinalIgnoreCase))
            .Select(s => new ConfigurationMistake($"{ConfigurationTree.RootKey}:{s.Key}", "is read at the start only; set it in the configuration file or the environment of the module, and remove it here."));
        var tree = Tree.With(layer);
        var (options, mistakes) = OptionsReading.Read(tree, EdgeVisionOptions.Read);
        mistakes = [.. fixedAtStart, .. mistakes];
        return mistakes.Count > 0 ? (null, mistakes) : (this with { Options = options, Version = tree.Fingerprint(), Tree = tree }, []);
    }

    /// <summary>True when one of these sections says something else in <paramref name="other"/>.</summary>
    public bool Differs(Settings other, params ReadOnlySpan<string> sections)
    {
        foreach (var section in sections)
        {
            if (!JsonNode.DeepEquals(Tree.Section(section), other.Tree.Section(section))) return true;
        }

        return false;
    }

    private static Settings Of(NodeRequest request, EdgeVisionOptions options, ConfigurationTree tree)
    {
        var data = FullPath(request.DataDirectory) ?? (request.Demo ? null : options.DataDirectory ?? Path.Combine(tree.BaseDirectory, "edgevision-data"));
        return new Settings(options, data, tree.Fingerprint(), tree);
    }

    /// <summary>Every variable of this process.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ProcessEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => KeyValuePair.Create((string)e.Key, (string?)e.Value ?? ""));

    public static string Tell(IReadOnlyList<ConfigurationMistake> mistakes)
    {
        var text = new StringBuilder(mistakes.Count == 1 ? "The configuration has a mistake; mend it and start again:" : $"The configuration has {mistakes.Count} mistakes; mend them and start again:");
        foreach (var mistake in mistakes) text.Append("\n  ").Append(mistake);
        return text.ToString();
    }

    public static ConfigurationTree ReadFile(string path)
    {
        if (RegularFile.Otherwise(path) is { } other) throw new CommandException($"'{path}' is {other}, a configuration file was expected; name one with --config.");
        byte[] json;
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > ConfigurationTree.MaxBytes)
                throw new CommandException($"'{path}' has {file.Length} bytes; a configuration file may have {ConfigurationTree.MaxBytes}. Is it the right file?");
            json = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"There is no configuration file '{path}'; name an existing one with --config.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = e is UnauthorizedAccessException ? "permission denied" : e.Message.TrimEnd('.');
            throw new CommandException($"Cannot read the configuration file '{path}': {why}. Name a file this user may read with --config.", e);
        }

        return ConfigurationTree.Parse(json, $"'{path}'", Path.GetDirectoryName(Path.GetFullPath(path))!, out var error) ?? throw new CommandException(error!);
    }

    private static void OverlayCameras(ConfigurationTree tree, NodeRequest request)
    {
        if (request.Demo) tree.Set(BundledFiles.DemoCamera, "Cameras", "demo", "Uri");
        foreach (var (name, uri) in CameraArguments.Name(request.Cameras)) tree.Set(uri, "Cameras", name, "Uri");
    }

    private static void OverlayCommandLine(ConfigurationTree tree, NodeRequest request)
    {
        OverlayCameras(tree, request);
        SetIfGiven(request.Model is null ? null : ModelLocation.FromCommandLine(request.Model), "Model");
        SetIfGiven(FullPath(request.ModelManifest), "ModelManifest");
        if (request.Mqtt is not null)
        {
            if (!MqttEndpoint.TryParse(request.Mqtt, out var endpoint, out var error)) throw new CommandException($"--mqtt: {error}");
            endpoint.Overlay(tree);
        }

        SetIfGiven(request.MqttUser, "Mqtt", "User");
        SetIfGiven(FullPath(request.MqttPasswordFile), "Mqtt", "PasswordFile");
        // Whoever names a certificate means TLS.
        if ((request.MqttCa ?? request.MqttCertificate ?? request.MqttKey) is not null) tree.Set(true, "Mqtt", "Tls", "Enabled");
        SetIfGiven(FullPath(request.MqttCa), "Mqtt", "Tls", "CaFile");
        SetIfGiven(FullPath(request.MqttCertificate), "Mqtt", "Tls", "ClientCertificateFile");
        SetIfGiven(FullPath(request.MqttKey), "Mqtt", "Tls", "ClientKeyFile");
        if (request.BrokerPort is { } brokerPort) tree.Set(brokerPort, "Mqtt", "EmbeddedPort");

        void SetIfGiven(string? value, params ReadOnlySpan<string> keys)
        {
            if (value is not null) tree.Set(value, keys);
        }
    }

    /// <summary>Paths on the command line start where the person stands, whatever the configuration file says of its own.</summary>
    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);
}
