using System.Security.Cryptography;
using EdgeVision.Configuration;

namespace EdgeVision.Models;

/// <summary>A folder with model.json, weights and labels, all of which have been verified.</summary>
public sealed record ModelPackage
{
    public const string ManifestName = "model.json";

    private ModelPackage(ModelManifest manifest, IReadOnlyList<string> labels, string weightsPath)
    {
        Manifest = manifest;
        WeightsPath = weightsPath;
        Identity = new ModelIdentity(manifest.Name, manifest.Version, manifest.Sha256, labels);
    }

    public ModelManifest Manifest { get; private init; }

    public ModelIdentity Identity { get; }

    /// <summary>Absolute.</summary>
    public string WeightsPath { get; }

    /// <summary>Label of each class id.</summary>
    public IReadOnlyList<string> Labels => Identity.Labels;

    /// <summary>The same package as if its manifest had declared another input size, in pixels: for a graph that takes a frame as it is.</summary>
    public ModelPackage WithInputSize(int width, int height) =>
        this with { Manifest = Manifest with { Input = Manifest.Input with { Width = width, Height = height } } };

    /// <summary>Reads manifest and labels and compares the weights with their sha256.</summary>
    /// <param name="path">The package's folder.</param>
    /// <exception cref="ModelException">Anything is missing, broken or not what the manifest says.</exception>
    public static ModelPackage Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var folder = Path.GetFullPath(path);
        if (File.Exists(folder)) throw IsAFile(path);
        if (!Directory.Exists(folder))
            throw new ModelException($"Model folder '{path}' does not exist; expected a folder with {ManifestName}. Correct the path of the model.");
        var manifest = ModelManifest.Parse(ReadAll(folder, ManifestName, ModelManifest.MaxBytes, "the manifest"), Path.Combine(path, ManifestName));
        var labels = manifest.Labels
            ?? ModelLabels.Parse(ReadAll(folder, manifest.LabelsFile!, ModelLabels.MaxBytes, "the labels"), Path.Combine(path, manifest.LabelsFile!));
        CheckThresholds(manifest, labels, Path.Combine(path, ManifestName));
        var weights = Path.Combine(folder, manifest.File);
        Verify(manifest, weights);
        return new ModelPackage(manifest, labels, weights);
    }

    private static ModelException IsAFile(string path) => Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase)
        ? new ModelException($"'{path}' is a bare ONNX file, which says too little about itself; put it into a folder with a {ManifestName} (schemas/model.schema.json) and give that folder.")
        : new ModelException($"'{path}' is a file; a model is a folder with {ManifestName}. Give the folder.");

    private static byte[] ReadAll(string folder, string name, int maxBytes, string what)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        if (!file.Exists) throw new ModelException($"'{file.FullName}' does not exist; {what} of the model was expected there. Copy the whole package.");
        if (file.Length > maxBytes) throw new ModelException($"'{file.FullName}' has {file.Length} bytes; {what} of a model has at most {maxBytes}. Is it the right file?");
        try
        {
            return File.ReadAllBytes(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(file.FullName, what, e);
        }
    }

    private static void CheckThresholds(ModelManifest manifest, IReadOnlyList<string> labels, string name)
    {
        foreach (var label in manifest.ConfidenceThresholds.Keys)
        {
            if (labels.Contains(label)) continue;
            var nearest = Spelling.Nearest(label, labels);
            throw new ModelException($"{name} has a mistake: {ManifestName}:confidenceThresholds:{label}: no label of this model; {(nearest is null ? "remove it." : $"did you mean '{nearest}'?")}");
        }
    }

    private static void Verify(ModelManifest manifest, string weights)
    {
        try
        {
            using var stream = new FileStream(weights, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            var actual = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (actual == manifest.Sha256) return;
            throw new ModelException(
                $"Weights '{weights}' ({stream.Length} bytes) are truncated or changed: sha256 is {actual}, {ManifestName} says {manifest.Sha256}. Copy the package again, or correct the manifest if the change is yours.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelException($"'{weights}' does not exist; {ManifestName} names it as the weights. Copy the whole package.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(weights, "the weights", e);
        }
    }

    private static ModelException Unreadable(string path, string what, Exception e) =>
        new($"'{path}' cannot be read ({e.Message.TrimEnd('.')}); {what} of the model was expected there. Check its permissions and its disk.", e);
}
