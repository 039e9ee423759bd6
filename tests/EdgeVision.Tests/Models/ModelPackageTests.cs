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
        _manifest.Remove("golden");
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
    public void Another_file_is_no_package() => Refused(At("labels.txt"), "is a file; a model is a folder");

    [Fact]
    public void A_manifest_beside_a_package_is_refused() => Assert.Contains(
        "is a package with a model.json of its own", Assert.Throws<ModelException>(() => ModelPackage.Load(_folder, At("model.json"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("model.json", "the manifest")]
    [InlineData("labels.txt", "the labels")]
    [InlineData("model.onnx", "the weights")]
    public void A_link_out_of_the_package_is_refused(string name, string what)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows lets only administrators make links.");
        using var elsewhere = new TempFolder();
        File.Move(At(name), elsewhere.PathOf("x"));
        File.CreateSymbolicLink(At(name), elsewhere.PathOf("x"));
        Refused(_folder, $"is a link to '{elsewhere.PathOf("x")}', outside the package; {what} of the model was expected in its folder.");
    }

    [Fact]
    public void A_link_through_a_linked_folder_out_of_the_package_is_refused()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows lets only administrators make links.");
        using var elsewhere = new TempFolder();
        File.Move(At("model.onnx"), elsewhere.PathOf("x"));
        Directory.CreateSymbolicLink(At("inside"), elsewhere.Path);
        File.CreateSymbolicLink(At("model.onnx"), Path.Combine("inside", "x"));
        Refused(_folder, "outside the package");
    }

    [Fact]
    public void Links_inside_the_package_are_fine_as_Kubernetes_mounts_them()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows lets only administrators make links.");
        Directory.CreateDirectory(At("..2026"));
        Directory.CreateSymbolicLink(At("..data"), "..2026");
        foreach (var name in new[] { "model.json", "labels.txt", "model.onnx" })
        {
            File.Move(At(name), Path.Combine(At("..2026"), name));
            File.CreateSymbolicLink(At(name), Path.Combine("..data", name));
        }

        Assert.Equal(2, ModelPackage.Load(_folder).Labels.Count);
        using var elsewhere = new TempFolder();
        Directory.CreateSymbolicLink(elsewhere.PathOf("linked"), _folder);
        Assert.Equal(2, ModelPackage.Load(elsewhere.PathOf("linked")).Labels.Count);
    }

    [Theory]
    [InlineData("model.json")]
    [InlineData("labels.txt")]
    [InlineData("model.onnx")]
    public void A_pipe_is_refused_and_not_waited_for(string name)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux has mkfifo.");
        File.Delete(At(name));
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", [At(name)]);
        mkfifo.WaitForExit();
        Refused(_folder, $"'{At(name)}' is empty, or a pipe or device");
    }

    [Theory]
    [InlineData("model.json", ModelManifest.MaxBytes + 1L)]
    [InlineData("model.onnx", 2L << 30)]
    public void A_huge_file_is_refused_unread(string name, long length)
    {
        using (var file = new FileStream(At(name), FileMode.Create)) file.SetLength(length);
        Refused(_folder, $"has {length} bytes; ");
    }

    [Fact]
    public void A_device_behind_a_link_is_refused_as_outside()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux has /dev/zero.");
        File.Delete(At("model.onnx"));
        File.CreateSymbolicLink(At("model.onnx"), "/dev/zero");
        Refused(_folder, "is a link to '/dev/zero', outside the package");
    }

    [Fact]
    public void A_link_that_ends_nowhere_or_in_itself_is_refused()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows lets only administrators make links.");
        File.Delete(At("model.onnx"));
        File.CreateSymbolicLink(At("model.onnx"), At("model.onnx"));
        Refused(_folder, "model.onnx");
        File.Delete(At("model.onnx"));
        File.CreateSymbolicLink(At("model.onnx"), "nowhere");
        Refused(_folder, "does not exist");
    }

    [Fact]
    public void Weights_in_a_second_file_that_no_sum_covers_are_refused()
    {
        var weights = OnnxBytes.Model([OnnxBytes.Value("x float32 [1]")], [OnnxBytes.Value("y float32 [1]")], [], OnnxBytes.ExternalInitialiser("w", "model.onnx.data"));
        File.WriteAllBytes(At("model.onnx"), weights);
        _manifest["sha256"] = Convert.ToHexString(SHA256.HashData(weights));
        WriteManifest();
        Refused(_folder, "keeps weights in another file, 'model.onnx.data'");
    }

    [Fact]
    public void A_golden_object_of_no_label_is_refused()
    {
        _manifest["golden"] = JsonNode.Parse("""[{ "picture": "a.jpg", "objects": [{ "label": "dog", "confidence": 1, "box": { "left": 0, "top": 0, "width": 1, "height": 1 } }] }]""");
        WriteManifest();
        Refused(_folder, "model.json:golden[0]:objects[0]:label: 'dog': no label of this model");
    }

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
