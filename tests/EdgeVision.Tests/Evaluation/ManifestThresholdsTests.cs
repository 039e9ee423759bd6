using System.Text;
using CsCheck;
using EdgeVision.Evaluation;
using EdgeVision.Models;

namespace EdgeVision.Tests.Evaluation;

public sealed class ManifestThresholdsTests
{
    private static readonly Dictionary<string, double?> None = [];

    [Fact]
    public void Everything_else_stays_byte_for_byte()
    {
        const string Before = """
            {
              // why 0.37: see the card
              "name": "ünïcode \u00e9 ×", "CONFIDENCETHRESHOLD": 3.7e-1,
              "input": { "confidenceThreshold": 9, "mean": [103.530, 116.28] }, /* kept */
              "confidenceThresholds": { "cat": 0.9, "dog": "0.8" },
            }
            """;

        Assert.Equal(
            """
            {
              // why 0.37: see the card
              "name": "ünïcode \u00e9 ×", "CONFIDENCETHRESHOLD": 0.41,
              "input": { "confidenceThreshold": 9, "mean": [103.530, 116.28] }, /* kept */
              "confidenceThresholds": {
                "bird": 0.5,
                "dog": 0.8
              },
            }
            """,
            Set(Before, 0.41, new() { ["bird"] = 0.5, ["cat"] = null }));
    }

    [Fact]
    public void Keys_that_are_missing_are_put_first()
    {
        Assert.Equal("{\n  \"confidenceThreshold\": 0.5,\n  \"confidenceThresholds\": {\n    \"a \\\" b\": 0.25\n  },\"name\":1}", Set("{\"name\":1}", 0.5, new() { ["a \" b"] = 0.25 }));
        Assert.Equal("\uFEFF{\"confidenceThreshold\": 0.5}", Set("\uFEFF{\"confidenceThreshold\": 0.123456}", 0.5, None));
    }

    [Fact]
    public void Thresholds_by_label_stand_beside_the_global_one() =>
        Assert.Equal("{\"confidenceThreshold\": 0.5,\n  \"confidenceThresholds\": {\n    \"cat\": 0.25\n  }, \"name\": 1}", Set("{\"confidenceThreshold\": \"0.1\", \"name\": 1}", 0.5, new() { ["cat"] = 0.25 }));

    [Fact]
    public void Thresholds_of_labels_that_were_not_seen_are_kept() =>
        Assert.Equal("{\"confidenceThreshold\":0.2,\"confidenceThresholds\":{\n    \"cat\": 0.9\n  }}", Set("{\"confidenceThreshold\":0.1,\"confidenceThresholds\":{\"cat\":0.9}}", 0.2, None));

    [Fact]
    public void The_bundled_manifest_reads_back_with_what_was_set() => Gen.Select(Gen.Int[1, 99], Gen.Int[1, 99], Gen.Bool).Sample((global, person, own) =>
    {
        var before = File.ReadAllBytes(Path.Combine(Repository.Root, "models", "nanodet-g-416", "model.json"));
        var after = ManifestThresholds.Set(before, global / 100.0, new Dictionary<string, double?> { ["person"] = own ? person / 100.0 : null });
        var manifest = ModelManifest.Parse(after, "model.json");
        Assert.Equal(global / 100f, manifest.ConfidenceThreshold);
        Assert.Equal(own ? person / 100f : (float?)null, manifest.ConfidenceThresholds.TryGetValue("person", out var t) ? t : (float?)null);
        Assert.Equal(ModelManifest.Parse(before, "model.json").Sha256, manifest.Sha256);
    }, iter: 100);

    [Fact]
    public void Any_manifest_that_can_be_read_can_still_be_read()
    {
        var good = File.ReadAllBytes(Path.Combine(Repository.Root, "models", "nanodet-g-416", "model.json"));
        var read = 0;
        Fuzz.Mutations(good, 3000, bytes =>
        {
            try
            {
                ModelManifest.Parse(bytes, "fuzz");
            }
            catch (ModelException)
            {
                return;
            }

            Interlocked.Increment(ref read);
            var after = ModelManifest.Parse(ManifestThresholds.Set(bytes, 0.25, new Dictionary<string, double?> { ["person"] = 0.75 }), "fuzz");
            Assert.Equal((0.25f, 0.75f), (after.ConfidenceThreshold, after.ConfidenceThresholds["person"]));
        });
        Assert.True(read > 20, $"only {read} mutated manifests could be read");
    }

    private static string Set(string json, double global, Dictionary<string, double?> labels) => Encoding.UTF8.GetString(ManifestThresholds.Set(Encoding.UTF8.GetBytes(json), global, labels));
}
