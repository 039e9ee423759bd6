using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeVision.Configuration;

namespace EdgeVision.Models;

/// <summary>Manifest, weights and labels of a model, all of which have been verified: a folder with model.json, or a bare .onnx that says enough.</summary>
public sealed record ModelPackage
{
    public const string ManifestName = "model.json";

    private ModelPackage(ModelManifest manifest, IReadOnlyList<string> labels, string folder, string weightsPath)
    {
        Manifest = manifest;
        Folder = folder;
        WeightsPath = weightsPath;
        Identity = new ModelIdentity(manifest.Name, manifest.Version, manifest.Sha256, labels);
    }

    public ModelManifest Manifest { get; private init; }

    public ModelIdentity Identity { get; }

    /// <summary>Absolute: where golden pictures lie.</summary>
    public string Folder { get; }

    /// <summary>Absolute.</summary>
    public string WeightsPath { get; }

    /// <summary>Label of each class id.</summary>
    public IReadOnlyList<string> Labels => Identity.Labels;

    /// <summary>The same package as if its manifest had declared another input size, in pixels: for a graph that takes a frame as it is.</summary>
    public ModelPackage WithInputSize(int width, int height) =>
        this with { Manifest = Manifest with { Input = Manifest.Input with { Width = width, Height = height } } };

    /// <summary>The same package as if its manifest had the colours the other way round; mean and std stay with their place.</summary>
    public ModelPackage WithSwappedColours() =>
        this with { Manifest = Manifest with { Input = Manifest.Input with { Colour = Manifest.Input.Colour == ColourOrder.Bgr ? ColourOrder.Rgb : ColourOrder.Bgr } } };

    /// <summary>True when a golden sample says what must be found: without one nobody can tell a model that works from one that merely runs.</summary>
    public bool HasExpectedBoxes => Manifest.Golden.Any(static g => g.Objects.Count > 0);

    /// <summary>What a bare file left open and its family's habits filled in, each a clause for people; empty for a package.</summary>
    public IReadOnlyList<string> Assumptions { get; private init; } = [];

    /// <summary>The manifest of a bare file, as a package of its own would have it; null for a package.</summary>
    public JsonObject? BareManifest { get; private init; }

    /// <summary>Reads manifest and labels and compares the weights with their sha256.</summary>
    /// <param name="path">The package's folder, or a bare .onnx file.</param>
    /// <param name="manifestPath">For a bare file: a partial model.json whose keys win. Null for none.</param>
    /// <exception cref="ModelException">Anything is missing, broken or not what the manifest says.</exception>
    public static ModelPackage Load(string path, string? manifestPath = null)
    {
        var package = Read(path, manifestPath);
        package.VerifyWeights();
        return package;
    }

    /// <summary>As <see cref="Load"/>, but the weights are not yet compared with their sum.</summary>
    /// <exception cref="ModelException">Manifest or labels are missing, broken or wrong.</exception>
    public static ModelPackage Read(string path, string? manifestPath = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var folder = Path.GetFullPath(path);
        if (IsBare(path)) return BareModel.Open(path, manifestPath).ToPackage();
        if (PackageArchive.IsArchive(path) && File.Exists(folder))
            throw new ModelException($"'{path}' is a package in one file, which is unpacked into the data folder before it is used. Add it with edgevision model add, then name it.");
        if (File.Exists(folder)) throw new ModelException($"'{path}' is a file; a model is a folder with {ManifestName} or an .onnx file. Give one of these.");
        if (!Directory.Exists(folder))
            throw new ModelException($"Model folder '{path}' does not exist; expected a folder with {ManifestName} or an .onnx file. Correct the path of the model.");
        if (manifestPath is not null)
            throw new ModelException($"'{path}' is a package with a {ManifestName} of its own, and a manifest '{manifestPath}' was given for it; that is for a bare .onnx file. Leave it out, or give the .onnx file.");
        var manifest = ModelManifest.Parse(PackageFile.ReadAll(folder, ManifestName, ModelManifest.MaxBytes, "the manifest"), Path.Combine(path, ManifestName));
        var labels = manifest.Labels
            ?? ModelLabels.Parse(PackageFile.ReadAll(folder, manifest.LabelsFile!, ModelLabels.MaxBytes, "the labels"), Path.Combine(path, manifest.LabelsFile!));
        CheckLabels(manifest, labels, Path.Combine(path, ManifestName));
        return new ModelPackage(manifest, labels, folder, Path.Combine(folder, manifest.File));
    }

    /// <summary>A sum of one file says nothing of another. What is no ONNX model at all is for the runtime to refuse.</summary>
    private void RefuseExternalData(FileStream weights)
    {
        OnnxHeader header;
        try
        {
            weights.Position = 0;
            header = OnnxHeader.Read(weights, WeightsPath);
        }
        catch (ModelException)
        {
            return;
        }

        header.RefuseExternalData(WeightsPath);
    }

    /// <summary>What the weights' file says of itself.</summary>
    /// <exception cref="ModelException">It is no ONNX model.</exception>
    public OnnxHeader ReadHeader()
    {
        using var stream = OpenWeights();
        return OnnxHeader.Read(stream, WeightsPath);
    }

    /// <summary>Caller disposes.</summary>
    internal FileStream OpenWeights() => BareManifest is null
        ? PackageFile.Open(Folder, Manifest.File, OnnxHeaderReader.MaxFileBytes, "the weights")
        : PackageFile.Open(WeightsPath, OnnxHeaderReader.MaxFileBytes, "the weights");

    /// <summary>Opens a golden picture and closes it again.</summary>
    /// <exception cref="ModelException">It is missing, too large, no regular file, or outside the package.</exception>
    public void CheckPicture(GoldenSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        PackageFile.Open(Folder, sample.Picture, GoldenSample.MaxPictureBytes, "a golden picture").Dispose();
    }

    /// <summary>True for the name of an .onnx file.</summary>
    public static bool IsBare(string path) => Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path);

    internal static ModelPackage Of(BareModel model, string path, string folder)
    {
        CheckLabels(model.Manifest!, model.Manifest!.Labels!, path);
        return new ModelPackage(model.Manifest, model.Manifest.Labels!, folder, path) { Assumptions = model.Assumptions, BareManifest = model.Json };
    }

    private static void CheckLabels(ModelManifest manifest, IReadOnlyList<string> labels, string name)
    {
        var known = labels.ToHashSet(StringComparer.Ordinal);
        var named = manifest.ConfidenceThresholds.Keys.Select(static l => (Path: $"confidenceThresholds:{l}", Label: l))
            .Concat(manifest.Golden.SelectMany(static (g, i) => g.Objects.Select((o, j) => (Path: $"golden[{i}]:objects[{j}]:label: '{o.Label}'", o.Label))));
        foreach (var (path, label) in named)
        {
            if (known.Contains(label)) continue;
            var nearest = Spelling.Nearest(label, labels);
            throw new ModelException($"{name} has a mistake: {ManifestName}:{path}: no label of this model; {(nearest is null ? "remove it." : $"did you mean '{nearest}'?")}");
        }
    }

    /// <summary>Compares the weights with the manifest's sha256; of a bare file it is computed from them.</summary>
    /// <exception cref="ModelException">They are missing, cannot be read, or are others.</exception>
    public void VerifyWeights()
    {
        if (BareManifest is not null) return;
        using var stream = OpenWeights();
        try
        {
            var actual = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (actual == Manifest.Sha256)
            {
                RefuseExternalData(stream);
                return;
            }

            throw new ModelException(
                $"Weights '{stream.Name}' ({stream.Length} bytes) are truncated or changed: sha256 is {actual}, {ManifestName} says {Manifest.Sha256}. Copy the package again, or correct the manifest if the change is yours.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"'{stream.Name}' cannot be read ({e.Message.TrimEnd('.')}); the weights of the model were expected there. Check its permissions and its disk.", e);
        }
    }
}
