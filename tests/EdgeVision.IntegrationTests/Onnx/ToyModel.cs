using System.Security.Cryptography;
using System.Text;
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
    public static ToyModel Answering(float[] output) => new(
        static manifest =>
        {
            manifest["labels"] = new JsonArray("thing");
            (manifest["input"]!["width"], manifest["input"]!["height"]) = (8, 8);
            manifest["decoder"] = new JsonObject { ["strides"] = new JsonArray(8), ["regMax"] = 1, ["centreOffset"] = 0.5 };
        },
        Graph([1, 3, 8, 8], [1, 1, output.Length], output));

    public string Folder => _folder;

    public ModelPackage Load() => ModelPackage.Load(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>An ONNX graph that ignores its input: the answer is an initializer, handed on by one Identity. Field numbers are those of onnx.proto.</summary>
    private static byte[] Graph(int[] inputShape, int[] outputShape, float[] values)
    {
        var raw = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, raw, 0, raw.Length);
        byte[] initializer = [.. outputShape.SelectMany(static d => Number(1, d)), .. Number(2, 1), .. Bytes(8, Text("answer")), .. Bytes(9, raw)];
        byte[] node = [.. Bytes(1, Text("answer")), .. Bytes(2, Text("output")), .. Bytes(4, Text("Identity"))];
        byte[] graph = [.. Bytes(1, node), .. Bytes(2, Text("toy")), .. Bytes(5, initializer), .. Bytes(11, Value("images", inputShape)), .. Bytes(12, Value("output", outputShape))];
        return [.. Number(1, 8), .. Bytes(7, graph), .. Bytes(8, [.. Bytes(1, []), .. Number(2, 13)])];
    }

    private static byte[] Value(string name, int[] shape)
    {
        byte[] dimensions = [.. shape.SelectMany(static d => Bytes(1, Number(1, d)))];
        byte[] tensor = [.. Number(1, 1), .. Bytes(2, dimensions)];
        return [.. Bytes(1, Text(name)), .. Bytes(2, Bytes(1, tensor))];
    }

    private static byte[] Number(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Bytes(int field, byte[] value) => [.. Varint((field << 3) | 2), .. Varint(value.Length), .. value];

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value >= 0x80; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
