using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeVision.Models;

namespace EdgeVision.Tests.Models;

public sealed class ModelPackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgevision-model-").FullName;
    private readonly JsonObject _manifest;

    public ModelPackageTests()
    {
        byte[] weights = [1, 2, 3, 4];
        File.WriteAllBytes(At("model.onnx"), weights);
        File.WriteAllText(At("labels.txt"), "cat\r\nhot dog\n\n");
        _manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "models", "nanodet-g-416", "model.json")))!.AsObject();
        _manifest["sha256"] = Convert.ToHexString(SHA256.HashData(weights));
        WriteManifest();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_package_is_read_and_verified()
    {
        var package = ModelPackage.Load(_folder);
        Assert.Equal(["cat", "hot dog"], package.Labels);
        Assert.Equal(At("model.onnx"), package.WeightsPath);
        Assert.Equal(("nanodet-g-416", "1.0.0"), (package.Identity.Name, package.Identity.Version));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData((byte[])[1, 2, 3, 4])), package.Identity.Sha256);
    }

    [Fact]
    public void The_bundled_package_is_whole()
    {
        var package = ModelPackage.Load(Path.Combine(Repository.Root, "models", "nanodet-g-416"));
        Assert.Equal(80, package.Labels.Count);
        Assert.Equal(("person", "toothbrush"), (package.Labels[0], package.Labels[79]));
        Assert.Equal("44f36cb4446ed1004eb2e9d1e5ccf0dd5d9c9b30b9b9009f7c54142ed92da91d", package.Identity.Sha256);
    }

    [Fact]
    public void A_missing_folder_is_named() => Refused(At("nothing"), "does not exist; expected a folder with model.json");

    [Fact]
    public void A_bare_onnx_file_is_refused_for_now() => Refused(At("model.onnx"), "is a bare ONNX file");

    [Fact]
    public void Another_file_is_no_package() => Refused(At("labels.txt"), "is a file; a model is a folder");

    [Theory]
    [InlineData("model.json")]
    [InlineData("model.onnx")]
    [InlineData("labels.txt")]
    public void A_missing_file_is_named(string name)
    {
        File.Delete(At(name));
        Refused(_folder, $"{At(name)}' does not exist");
    }

    [Fact]
    public void Truncated_weights_are_refused_with_both_sums()
    {
        File.WriteAllBytes(At("model.onnx"), [1, 2, 3]);
        Refused(_folder, "(3 bytes) are truncated or changed: sha256 is 039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81, model.json says 9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a");
    }

    [Fact]
    public void Weights_that_are_a_folder_cannot_be_read()
    {
        File.Delete(At("model.onnx"));
        Directory.CreateDirectory(At("model.onnx"));
        Refused(_folder, "cannot be read");
    }

    [Fact]
    public void A_broken_manifest_is_named_with_its_line()
    {
        File.WriteAllText(At("model.json"), "{\n oops");
        Refused(_folder, "model.json is not valid JSON at line 2");
    }

    public static TheoryData<string, byte[], string> BadLabels => new()
    {
        { "empty", [], "is empty" },
        { "a blank line", "cat\n\ndog\n"u8.ToArray(), "line 2 is blank; expected the label of class 1" },
        { "a control character", "cat\nd\u0007og"u8.ToArray(), "line 2 holds a control character" },
        { "not UTF-8", [0x63, 0xff, 0x0a], "is not UTF-8" },
        { "a long line", [.. Enumerable.Repeat((byte)'a', 201)], "line 1 has 201 characters" },
        { "too many", [.. Enumerable.Repeat("a\n"u8.ToArray(), 10_001).SelectMany(static b => b)], "has 10001 labels; at most 10000" },
        { "too large", new byte[(1 << 20) + 1], "has 1048577 bytes" },
    };

    [Theory]
    [MemberData(nameof(BadLabels))]
    public void Labels_that_are_none_are_refused(string name, byte[] labels, string expected)
    {
        Assert.NotEmpty(name);
        File.WriteAllBytes(At("labels.txt"), labels);
        Refused(_folder, expected);
    }

    [Fact]
    public void A_threshold_for_a_label_that_is_none_is_refused()
    {
        _manifest["confidenceThresholds"] = new JsonObject { ["hotdog"] = 0.5 };
        WriteManifest();
        Refused(_folder, "model.json:confidenceThresholds:hotdog: no label of this model; did you mean 'hot dog'?");
    }

    private static void Refused(string path, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelException>(() => ModelPackage.Load(path)).Message, StringComparison.Ordinal);

    private string At(string name) => Path.Combine(_folder, name);

    private void WriteManifest() => File.WriteAllText(At("model.json"), _manifest.ToJsonString());
}
