using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.Models;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>
/// The models beside the checkout, each as a package: their weights, and a model.json written from the facts in ../shared/models/README.md.
/// Where they are absent a test that asks for one is skipped and says so.
/// </summary>
internal static class ReferenceModels
{
    private static readonly Entry[] Table =
    [
        NanoDet("nanodet-g", "letterbox", 10, 0.5, [8, 16, 32], 0.37),
        NanoDet("nanodet-plus-m", "stretch", 7, 0, [8, 16, 32, 64], 0.36),
        NanoDet("nanodet-plus-m-int8", "stretch", 7, 0, [8, 16, 32, 64], 0.39),
        NanoDet("nanodet-plus-m-1.5x", "stretch", 7, 0, [8, 16, 32, 64], 0.39),
        new("yolox-nano", "yolox", Input(416, 416, "bgr", "topLeft", pad: 114), 0.31, 0.65, Decoder: """{ "strides": [8, 16, 32] }"""),
        new("yolov8n", "yolov8", Input(640, 640, "rgb", "letterbox", std: 255, pad: 114), 0.26, 0.7),
        new("yolov8n-bad-quant", "yolov8", Input(640, 640, "rgb", "letterbox", std: 255, pad: 114), 0.26, 0.7),
        new("yolo26n-e2e-int8", "endToEnd", Input(640, 640, "rgb", "letterbox", std: 255, pad: 114), 0.14, null),
        new("ssd-tf", "tfObjectDetection", """{ "width": 300, "height": 300, "type": "uint8", "layout": "nhwc", "colour": "rgb", "resize": "none" }""", 0.52, null, HasCocoIds: true),
        new("ultraface", "ultraface", Input(320, 240, "rgb", "stretch", mean: 127, std: 128), 0.7, 0.3, "face"),
        new("yunet", "yunet", Input(640, 640, "bgr", "topLeft"), 0.6, 0.3, "face", """{ "strides": [8, 16, 32] }"""),
    ];

    /// <summary>Folders of ../shared/models.</summary>
    public static IEnumerable<string> Keys => Table.Select(static e => e.Key);

    /// <summary>Writes the package into a folder of the caller's. The weights are copied: a package may not link to what lies outside.</summary>
    /// <param name="key">One of <see cref="Keys"/>.</param>
    /// <param name="folder">Empty.</param>
    /// <param name="change">What a test wants otherwise in model.json.</param>
    public static ModelPackage Load(string key, TemporaryFolder folder, Action<JsonObject>? change = null)
    {
        var entry = Table.Single(e => e.Key == key);
        using var facts = JsonDocument.Parse(File.ReadAllBytes(Repository.Shared("models", key, "manifest.json")));
        var file = facts.RootElement.GetProperty("file").GetString()!;
        File.Copy(Repository.Shared("models", key, file), folder["model.onnx"]);
        var manifest = entry.ToManifest(facts.RootElement);
        change?.Invoke(manifest);
        File.WriteAllText(folder[ModelPackage.ManifestName], manifest.ToJsonString());
        return ModelPackage.Load(folder.Path);
    }

    private static Entry NanoDet(string key, string resize, int regMax, double centreOffset, int[] strides, double threshold) => new(
        key, "nanodet",
        $$"""{ "width": 416, "height": 416, "colour": "bgr", "mean": [103.53, 116.28, 123.675], "std": [57.375, 57.12, 58.395], "resize": "{{resize}}" }""",
        threshold, 0.6,
        Decoder: $$"""{ "strides": [{{string.Join(',', strides)}}], "regMax": {{regMax}}, "centreOffset": {{(centreOffset == 0 ? "0" : "0.5")}} }""");

    private static string Input(int width, int height, string colour, string resize, int mean = 0, int std = 1, int pad = 0) =>
        $$"""{ "width": {{width}}, "height": {{height}}, "colour": "{{colour}}", "mean": [{{mean}},{{mean}},{{mean}}], "std": [{{std}},{{std}},{{std}}], "resize": "{{resize}}", "pad": {{pad}} }""";

    /// <param name="Key">Folder.</param>
    /// <param name="Family">As in model.json.</param>
    /// <param name="Input">As in model.json.</param>
    /// <param name="Threshold">Of best F1; for faces the usual one of the family.</param>
    /// <param name="NmsIou">Null for graphs that suppress.</param>
    /// <param name="Label">Null for the 80 of COCO.</param>
    /// <param name="Decoder">As in model.json.</param>
    /// <param name="HasCocoIds">1 to 90 with gaps instead of 0 to 79.</param>
    private sealed record Entry(string Key, string Family, string Input, double Threshold, double? NmsIou, string? Label = null, string? Decoder = null, bool HasCocoIds = false)
    {
        public JsonObject ToManifest(JsonElement facts)
        {
            var manifest = new JsonObject
            {
                ["name"] = Key,
                ["version"] = "1",
                ["family"] = Family,
                ["licence"] = facts.GetProperty("licence").GetString(),
                ["source"] = facts.GetProperty("source").GetString(),
                ["file"] = "model.onnx",
                ["sha256"] = facts.GetProperty("sha256").GetString(),
                ["labels"] = Label is null ? new JsonArray([.. CocoLabels().Select(static l => JsonValue.Create(l))]) : new JsonArray(Label),
                ["input"] = JsonNode.Parse(Input),
                ["confidenceThreshold"] = Threshold,
            };
            if (Decoder is not null) manifest["decoder"] = JsonNode.Parse(Decoder);
            if (NmsIou is { } iou) manifest["nmsIou"] = iou;
            if (HasCocoIds) manifest["classIds"] = new JsonArray([.. CocoIds().Select(static id => JsonValue.Create(id))]);
            return manifest;
        }

        private static string[] CocoLabels() => File.ReadAllLines(Path.Combine(Repository.BundledModel, "labels.txt"));

        /// <summary>COCO once had 90 classes; these ten were never annotated.</summary>
        private static IEnumerable<int> CocoIds() => Enumerable.Range(1, 90).Except([12, 26, 29, 30, 45, 66, 68, 69, 71, 83]);
    }
}
