using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeVision.Models;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>A package in a temporary folder, made from the bundled one with changes, or around weights of one's own.</summary>
internal sealed class ToyModel : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgevision-toy-").FullName;

    /// <param name="change">Of the bundled manifest.</param>
    /// <param name="weights">Null for the bundled ones.</param>
    public ToyModel(Action<JsonObject> change, byte[]? weights = null)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.BundledModel, "model.json")))!.AsObject();
        manifest.Remove("golden");
        foreach (var file in new[] { "labels.txt", "model.onnx" }) File.Copy(Path.Combine(Repository.BundledModel, file), Path.Combine(_folder, file));
        if (weights is not null)
        {
            File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), weights);
            manifest["sha256"] = Convert.ToHexStringLower(SHA256.HashData(weights));
        }

        change(manifest);
        File.WriteAllText(Path.Combine(_folder, "model.json"), manifest.ToJsonString());
    }

    /// <summary>Answers every picture of 8 × 8 with <paramref name="output"/>; one label, regMax 1, one anchor: 9 numbers.</summary>
    public static ToyModel Answering(float[] output) => Of(
        new ToyGraph().Input("images", ToyGraph.Float32, 1, 3, 8, 8).Constant("answer", [1, 1, output.Length], output).Node("Identity", "answer", "output").Output("output", ToyGraph.Float32, 1, 1, output.Length));

    /// <summary>Around a graph of one's own that answers as <see cref="Answering"/> does.</summary>
    public static ToyModel Of(ToyGraph graph, Action<JsonObject>? change = null) => new(
        manifest =>
        {
            manifest["labels"] = new JsonArray("thing");
            (manifest["input"]!["width"], manifest["input"]!["height"]) = (8, 8);
            manifest["decoder"] = new JsonObject { ["strides"] = new JsonArray(8), ["regMax"] = 1, ["centreOffset"] = 0.5 };
            change?.Invoke(manifest);
        },
        graph.ToModel());

    public string Folder => _folder;

    public ModelPackage Load() => ModelPackage.Load(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
