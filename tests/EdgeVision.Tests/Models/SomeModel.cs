using System.Security.Cryptography;
using System.Text;
using EdgeVision.Models;

namespace EdgeVision.Tests.Models;

/// <summary>Small packages in folders, whole but for a graph that could run.</summary>
internal static class SomeModel
{
    public static ModelPackage Package(TempFolder folder, string name = "toy", string version = "1", string weights = "weights", int padding = 0)
    {
        var at = folder.PathOf($"src-{name}-{version}-{weights}");
        Directory.CreateDirectory(at);
        var bytes = Encoding.ASCII.GetBytes(weights.PadRight(weights.Length + padding, '.'));
        File.WriteAllBytes(Path.Combine(at, "model.onnx"), bytes);
        File.WriteAllText(Path.Combine(at, "labels.txt"), "cat\ndog\n");
        File.WriteAllText(Path.Combine(at, "LICENSE"), "MIT");
        File.WriteAllText(Path.Combine(at, "model.json"), $$"""
            { "name": "{{name}}", "version": "{{version}}", "licence": "MIT", "source": "test", "file": "model.onnx", "sha256": "{{Convert.ToHexStringLower(SHA256.HashData(bytes))}}",
              "family": "nanodet", "labels": "labels.txt", "decoder": { "strides": [8, 16, 32], "regMax": 7, "centreOffset": 0 }, "confidenceThreshold": 0.3, "nmsIou": 0.6,
              "input": { "width": 416, "height": 416, "colour": "bgr", "resize": "stretch" } }
            """);
        return ModelPackage.Load(at);
    }

    public static ECDsa Key() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static PackageTrust TrustIn(ECDsa key) => PackageTrust.Of([key.ExportSubjectPublicKeyInfoPem()]);
}
