using CsCheck;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Inference;

/// <summary>What holds for every family, whatever a model gives.</summary>
public sealed class OutputDecoderTests
{
    private static readonly string[] Names = ["out", "boxes", "scores", "logits", "detection_classes:0", "num_detections", "cls_8"];

    /// <summary>A model of any shapes is decoded or refused with a sentence; what it gives is finite or the frame is broken.</summary>
    [Fact]
    public void Random_outputs_are_decoded_or_refused_and_never_crash() =>
        Gen.Select(Gen.Int, Gen.Enum<ModelFamily>()).Sample((seed, family) =>
        {
            var random = new Random(seed);
            var labels = random.Next(1, 6);
            var manifest = Manifest(family, random, labels);
            var specs = random.Next(2) == 0 ? Fitting(manifest, labels, random) : Any(random);
            OutputDecoder decoder;
            try
            {
                decoder = Heads.Create(manifest, labels, specs);
            }
            catch (ModelException e)
            {
                Assert.StartsWith("Model 'toy' has ", e.Message, StringComparison.Ordinal);
                Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
                return;
            }

            var list = new DetectionList();
            var kind = random.Next(5);
            var ok = Heads.TryDecode(decoder, list, [.. specs.Select(s => Values(s, random, kind))]);
            Assert.True(ok || (list.Count == 0 && list.Landmarks.Length == 0));
            foreach (var d in list.Span)
            {
                Assert.True(float.IsFinite(d.Box.Left) && float.IsFinite(d.Box.Top) && float.IsFinite(d.Box.Right) && float.IsFinite(d.Box.Bottom));
                Assert.InRange(d.Confidence, Heads.Threshold, 1);
                Assert.InRange(d.ClassId, 0, labels - 1);
                foreach (var point in list.LandmarksOf(d)) Assert.True(float.IsFinite(point.X) && float.IsFinite(point.Y));
            }

            NonMaxSuppression.Apply(list, 0.5f, 100);
        }, iter: 5000);

    /// <summary>The generator of the test above is worth something: each family is decoded in a good part of its runs.</summary>
    [Fact]
    public void Each_family_accepts_what_fits_it()
    {
        foreach (var family in Enum.GetValues<ModelFamily>())
        {
            var random = new Random(1);
            for (var i = 0; i < 50; i++)
            {
                var labels = random.Next(1, 6);
                var manifest = Manifest(family, random, labels);
                if (family == ModelFamily.YuNet) labels = 1;
                Assert.NotNull(Heads.Create(manifest with { ClassIds = [] }, labels, Fitting(manifest with { ClassIds = [] }, labels, random)));
            }
        }
    }

    [Fact]
    public void A_decoder_serves_many_threads_at_once()
    {
        var decoder = Heads.Create(Heads.Manifest(ModelFamily.Yolov8), 2, Heads.Spec(1, 6, 100));
        Parallel.For(0, 64, i =>
        {
            var values = new float[600];
            (values[i], values[400 + i]) = (i, 0.9f);
            Assert.Equal(i, Assert.Single(Heads.Decode(decoder, values)).Box.Left);
        });
    }

    [Fact]
    public void A_family_without_a_decoder_is_a_sentence() =>
        Assert.Contains("has no decoder", Heads.Refuse(Heads.Manifest((ModelFamily)99), 1, Heads.Spec(1)), StringComparison.Ordinal);

    [Fact]
    public void Outputs_that_are_no_numbers_are_refused_by_every_family()
    {
        foreach (var family in Enum.GetValues<ModelFamily>())
        {
            var manifest = Manifest(family, new Random(1), 1) with { ClassIds = [] };
            var specs = Fitting(manifest, 1, new Random(1)).Select(static s => s with { ElementType = "string" }).ToArray();
            Assert.Contains("output string [1", Heads.Refuse(manifest, 1, specs), StringComparison.Ordinal);
        }
    }

    private static ModelManifest Manifest(ModelFamily family, Random random, int labels)
    {
        var activation = family == ModelFamily.Detr ? random.Next(1, 3) : random.Next(2);
        var options = new DecoderOptions
        {
            Strides = random.Next(2) == 0 ? [8] : [8, 16],
            RegMax = random.Next(1, 4),
            CentreOffset = random.Next(2) * 0.5f,
            Activation = (ScoreActivation)activation,
            Boxes = (BoxEncoding)random.Next(2),
        };
        int[] ids = random.Next(3) == 0 && family != ModelFamily.YuNet ? [.. Enumerable.Range(random.Next(2), labels)] : [];
        return Heads.Manifest(family, random.Next(1, 40), random.Next(1, 40), options, ids);
    }

    private static TensorSpec[] Fitting(ModelManifest manifest, int labels, Random random)
    {
        var options = manifest.Decoder;
        var maps = options.Strides.Select(s => GridCell.Count(manifest.Input.Width, manifest.Input.Height, s)).ToArray();
        var (rows, n, classes) = (maps.Sum(), random.Next(1, 50), manifest.ClassIds.Count > 0 ? manifest.ClassIds.Max() + 1 : labels);
        return manifest.Family switch
        {
            ModelFamily.NanoDet when random.Next(2) == 0 => [.. maps.SelectMany(m => new[] { Heads.Spec(1, m, classes), Heads.Spec(1, m, 4 * (options.RegMax + 1)) })],
            ModelFamily.NanoDet => [Heads.Spec(1, rows, classes + (4 * (options.RegMax + 1)))],
            ModelFamily.Yolox => [Heads.Spec(1, options.Boxes == BoxEncoding.Grid ? rows : n, 5 + classes)],
            ModelFamily.Yolov5 => [Heads.Spec(1, n, 5 + classes)],
            ModelFamily.Yolov8 => [random.Next(2) == 0 ? Heads.Spec(1, 4 + classes, n) : Heads.Spec(1, n, 4 + classes)],
            ModelFamily.EndToEnd => [Heads.Spec(1, n, 6)],
            ModelFamily.TfObjectDetection => [Heads.Spec(1, n + 1, 4), Heads.Spec(1, n + 1), Heads.Spec(1, n + 1), Heads.Spec(1)],
            ModelFamily.UltraFace => [Heads.Spec(1, n, 1 + classes), Heads.Spec(1, n, 4)],
            ModelFamily.YuNet => [.. maps.SelectMany(static m => new[] { Heads.Spec(1, m, 1), Heads.Spec(1, m, 1), Heads.Spec(1, m, 4), Heads.Spec(1, m, 10) })],
            _ => [Heads.Spec(1, n, classes + (options.Activation == ScoreActivation.Softmax ? 1 : 0)), Heads.Spec(1, n, 4)],
        };
    }

    private static TensorSpec[] Any(Random random)
    {
        string[] types = ["float32", "float32", "float32", "float16", "int64", "string", "bool"];
        return [.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => new TensorSpec(
            Names[random.Next(Names.Length)], types[random.Next(types.Length)], [.. Enumerable.Range(0, random.Next(0, 5)).Select(i => i == 0 && random.Next(4) > 0 ? 1 : random.Next(-1, 12))]))];
    }

    private static float[] Values(TensorSpec spec, Random random, int kind)
    {
        var values = new float[spec.Dimensions.Aggregate(1, static (a, b) => a * Math.Max(b, 0))];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = kind switch
            {
                0 => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)),
                1 => (random.NextSingle() - 0.5f) * float.MaxValue * 2,
                2 => random.Next(500) == 0 ? float.NaN : random.NextSingle(),
                3 => random.Next(-5, 6),
                _ => random.NextSingle(),
            };
        }

        return values;
    }
}
