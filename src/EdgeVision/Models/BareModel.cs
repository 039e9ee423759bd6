using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeVision.Configuration;

namespace EdgeVision.Models;

/// <summary>
/// A bare .onnx file: what it says about itself, put together with what a person says of it. What nobody says is missing, not guessed;
/// thresholds alone are taken from the training framework, and that is told.
/// </summary>
public sealed partial class BareModel
{
    private const string FromFile = "file";
    private const string FromGraph = "graph";
    private const string FromMetadata = "metadata";
    private const string FromFamily = "family";
    private const string FromPerson = "--manifest";

    private readonly string _path;
    private readonly string _folder;
    private readonly ManifestDraft _draft;
    private readonly OnnxNotes _notes;
    private readonly List<string> _assumptions = [];
    private IReadOnlyList<FamilyGuess> _guesses = [];

    private BareModel(string path, string folder, OnnxHeader header, string sha256, ManifestDraft draft)
    {
        (_path, _folder, Header, Sha256, _draft, _notes) = (path, folder, header, sha256, draft, new OnnxNotes(header.Metadata));
        FillIn();
        (var manifest, Mistakes) = OptionsReading.Read(draft.Json, ModelPackage.ManifestName, ModelManifest.Read);
        if (Mistakes.Count == 0) Manifest = manifest;
    }

    public OnnxHeader Header { get; }

    /// <summary>Of the file, lower-case hex.</summary>
    public string Sha256 { get; }

    /// <summary>What is known, as a model.json; with <see cref="Mistakes"/> it is not whole.</summary>
    public JsonObject Json => _draft.Json;

    /// <summary>Who said what: "graph", "metadata", "family", "--manifest", "file"; by path, as "input:width".</summary>
    public IReadOnlyDictionary<string, string> Origins => _draft.Origins;

    /// <summary>What was taken for want of better knowledge, each a clause for people.</summary>
    public IReadOnlyList<string> Assumptions => _assumptions;

    /// <summary>Missing keys, and wrong ones.</summary>
    public IReadOnlyList<ConfigurationMistake> Mistakes { get; }

    /// <summary>Null while there are <see cref="Mistakes"/>.</summary>
    public ModelManifest? Manifest { get; }

    /// <summary>Reads a file's header, not its weights, and computes its sha256.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <param name="manifestPath">A partial model.json whose keys win; files that it names lie beside it. Null for none.</param>
    /// <exception cref="ModelException">Either cannot be read, or is not what it should be. Missing keys are <see cref="Mistakes"/>.</exception>
    public static BareModel Open(string path, string? manifestPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(manifestPath is null ? full : Path.GetFullPath(manifestPath))!;
        var given = manifestPath is null ? [] : ReadGiven(manifestPath, folder);
        using var stream = PackageFile.Open(full, OnnxHeaderReader.MaxFileBytes, "the weights");
        var header = OnnxHeader.Read(stream, path);
        stream.Position = 0;
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(stream));
        var inside = new OnnxNotes(header.Metadata).Manifest(path) ?? [];
        return new BareModel(full, folder, header, sha256, new ManifestDraft((given, FromPerson), (inside, FromMetadata)));
    }

    /// <summary>The whole package.</summary>
    /// <exception cref="ModelException">Something is missing or wrong: the message names what was found and the keys to set.</exception>
    public ModelPackage ToPackage()
    {
        Header.RefuseExternalData(_path);
        return Manifest is null ? throw Refusal() : ModelPackage.Of(this, _path, _folder);
    }

    private static JsonObject ReadGiven(string manifestPath, string folder)
    {
        var json = PackageFile.ReadAll(Path.GetFullPath(manifestPath), ModelManifest.MaxBytes, "the manifest");
        var given = JsonText.Parse(json, $"'{manifestPath}'", ModelManifest.MaxBytes, "an object as in schemas/model.schema.json", out var error) ?? throw new ModelException(error!);
        if (ConfigurationTree.FindKey(given, "labels") is { } key && given[key] is JsonValue value && value.TryGetValue(out string? file)
            && ModelManifest.FileName(file) is null)
        {
            var labels = ModelLabels.Parse(PackageFile.ReadAll(folder, file, ModelLabels.MaxBytes, "the labels"), Path.Combine(folder, file));
            given[key] = new JsonArray([.. labels.Select(static l => JsonValue.Create(l))]);
        }

        return given;
    }
}
