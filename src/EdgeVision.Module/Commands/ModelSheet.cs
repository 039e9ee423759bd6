using System.Text.Json.Nodes;
using EdgeVision.Configuration;
using EdgeVision.Models;

namespace EdgeVision.Module.Commands;

/// <summary>All that can be known of a model without running it.</summary>
/// <param name="Path">As found.</param>
/// <param name="Manifest">A model.json, of a bare file perhaps not whole.</param>
/// <param name="Labels">Null when nobody says them.</param>
/// <param name="Header">What the file says of itself.</param>
/// <param name="Bytes">Length of the weights.</param>
internal sealed record ModelSheet(string Path, JsonObject Manifest, IReadOnlyList<string>? Labels, OnnxHeader Header, long Bytes)
{
    /// <summary>Of a bare file who said what, by path; empty for a package, whose manifest says all.</summary>
    public IReadOnlyDictionary<string, string> Origins { get; private init; } = new Dictionary<string, string>();

    /// <summary>Keys that a bare file lacks.</summary>
    public IReadOnlyList<string> Missing { get; private init; } = [];

    /// <summary>Wrong keys, and what of the file cannot be used, a sentence each.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    public IReadOnlyList<string> Assumptions { get; private init; } = [];

    /// <summary>For --manifest; null when nothing is missing.</summary>
    public JsonObject? Proposal { get; private init; }

    /// <summary>Of a package's contents; null for a bare file.</summary>
    public string? Digest { get; private init; }

    /// <summary>Id of the key that a package's signature names, which nobody has checked yet; null when it has none.</summary>
    public string? SignedBy { get; private init; }

    /// <exception cref="ModelException">It is no model, or a package that is not whole.</exception>
    public static ModelSheet Of(ModelLocation location)
    {
        var path = location.Find();
        return ModelPackage.IsBare(path) ? OfFile(path, BareModel.Open(path, location.Manifest)) : OfPackage(path, ModelPackage.Read(path, location.Manifest));
    }

    /// <summary>A value of the manifest; null when nobody says it.</summary>
    public JsonNode? Find(string path)
    {
        var at = (JsonNode?)Manifest;
        foreach (var key in path.Split(':'))
        {
            var name = (at as JsonObject)?.Select(static p => p.Key).FirstOrDefault(k => k.Equals(key, StringComparison.OrdinalIgnoreCase));
            if (name is null) return null;
            at = at![name];
        }

        return at;
    }

    /// <summary>A value of the manifest as text; null when nobody says it.</summary>
    public string? Text(string path) => Find(path) is { } node ? node is JsonValue value && value.TryGetValue(out string? text) ? text : node.ToJsonString() : null;

    private static ModelSheet OfFile(string path, BareModel model)
    {
        var problems = model.Mistakes.Where(m => !model.MissingKeys.Any(k => m.Path == $"{ModelPackage.ManifestName}:{k}")).Select(static m => m.ToString());
        return new ModelSheet(path, model.Json, (model.Json["labels"] as JsonArray)?.Select(static l => l?.ToString() ?? "").ToArray(), model.Header, new FileInfo(path).Length)
        {
            Origins = model.Origins,
            Missing = model.MissingKeys,
            Problems = [.. problems, .. External(path, model.Header)],
            Assumptions = model.Assumptions,
            Proposal = model.Proposal(),
        };
    }

    private static ModelSheet OfPackage(string path, ModelPackage package)
    {
        var json = JsonText.Parse(File.ReadAllBytes(System.IO.Path.Combine(package.Folder, ModelPackage.ManifestName)), path, ModelManifest.MaxBytes, "an object", out _)!;
        var header = package.ReadHeader();
        return new ModelSheet(path, json, package.Labels, header, new FileInfo(package.WeightsPath).Length)
        {
            Problems = External(package.WeightsPath, header),
            Digest = PackageContents.Of(package).Digest,
            SignedBy = PackageSignature.Find(package.Folder)?.KeyId,
        };
    }

    private static IReadOnlyList<string> External(string path, OnnxHeader header)
    {
        try
        {
            header.RefuseExternalData(path);
            return [];
        }
        catch (ModelException e)
        {
            return [e.Message];
        }
    }
}
