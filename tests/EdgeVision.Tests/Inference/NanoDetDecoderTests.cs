using CsCheck;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Tests.Doubles;

namespace EdgeVision.Tests.Inference;

public sealed class NanoDetDecoderTests
{
    private const int Bins = 4;

    [Theory]
    [InlineData(0.5f, 12)]
    [InlineData(0f, 8)]
    public void Distances_are_measured_from_the_anchors_centre(float centreOffset, float centre)
    {
        var manifest = Manifest(16, 16, [8]) with { Decoder = new DecoderOptions { Strides = [8], RegMax = Bins - 1, CentreOffset = centreOffset } };
        var row = new Row(2 + (4 * Bins)).Score(1, 0.75f).Bin(2, 0, 1).Bin(2, 1, 2).Bin(2, 2, 3).Bin(2, 3, 0);

        // The second row of the second column of cells: anchor 3 of 2 × 2.
        var list = Decode(manifest, 2, [.. Quiet(2, 3), .. row.Values], out var ok);
        Assert.True(ok);
        var detection = Assert.Single(list.Span.ToArray());
        Assert.Equal((1, 0.75f), (detection.ClassId, detection.Confidence));
        AssertBox(new Box(centre - 8, centre - 16, centre + 24, centre), detection.Box, 1e-3f);
    }

    [Fact]
    public void Undecided_logits_give_the_middle_of_the_bins()
    {
        var list = Decode(Manifest(8, 8, [8]), 1, new Row(1 + (4 * Bins)).Score(0, 0.9f).Values, out _);
        AssertBox(new Box(4 - 12, 4 - 12, 4 + 12, 4 + 12), list.Span[0].Box, 1e-4f);
    }

    [Fact]
    public void Each_class_over_its_threshold_is_a_candidate_of_its_own()
    {
        var row = new Row(3 + (4 * Bins)).Score(0, 0.5f).Score(1, 0.49f).Score(2, 0.8f);
        var list = Decode(Manifest(8, 8, [8]), 3, row.Values, out _);
        Assert.Equal([0, 2], list.Span.ToArray().Select(static d => d.ClassId));
        Assert.Equal(list.Span[0].Box, list.Span[1].Box);
    }

    [Fact]
    public void Decoding_agrees_with_the_plain_formula() =>
        (from labels in Gen.Int[1, 40]
         from size in Gen.Select(Gen.Int[1, 50], Gen.Int[1, 50])
         from seed in Gen.Int
         select (labels, size.Item1, size.Item2, seed))
        .Sample((labels, width, height, seed) =>
        {
            var manifest = Manifest(width, height, [8, 16]);
            var random = new Random(seed);
            var values = new float[Anchors(manifest) * (labels + (4 * Bins))];
            for (var i = 0; i < values.Length; i++)
                values[i] = i % (labels + (4 * Bins)) < labels ? MathF.Pow(random.NextSingle(), 4) : (random.NextSingle() * 20) - 10;
            var actual = Decode(manifest, labels, values, out var ok).Span.ToArray();
            var expected = Plain(manifest, labels, values);
            Assert.True(ok);
            Assert.Equal(expected.Count, actual.Length);
            for (var i = 0; i < actual.Length; i++)
            {
                Assert.Equal((expected[i].ClassId, expected[i].Confidence), (actual[i].ClassId, actual[i].Confidence));
                AssertBox(expected[i].Box, actual[i].Box, 1e-3f);
            }
        }, iter: 200);

    /// <summary>The export with a pair of outputs for each stride says the same as the one that joins them, in any order of its outputs.</summary>
    [Fact]
    public void Pairs_of_outputs_decode_as_the_joined_one() => Gen.Select(Gen.Int[1, 20], Gen.Int, Gen.Bool).Sample((labels, seed, logits) =>
    {
        var manifest = Manifest(40, 24, [8, 16]);
        var activation = logits ? ScoreActivation.Sigmoid : ScoreActivation.None;
        manifest = manifest with { Decoder = manifest.Decoder with { Activation = activation } };
        var (columns, random) = (labels + (4 * Bins), new Random(seed));
        var joined = new float[Anchors(manifest) * columns];
        for (var i = 0; i < joined.Length; i++) joined[i] = i % columns < labels && !logits ? random.NextSingle() : (random.NextSingle() * 8) - 5;
        var (specs, outputs, first) = (new List<TensorSpec>(), new List<ReadOnlyMemory<float>>(), 0);
        foreach (var anchors in new[] { 15, 6 })
        {
            var rows = joined.Chunk(columns).Skip(first).Take(anchors).ToArray();
            specs.AddRange([Heads.Spec(1, anchors, labels), Heads.Spec(1, anchors, 4 * Bins)]);
            outputs.AddRange([rows.SelectMany(r => r[..labels]).ToArray(), rows.SelectMany(r => r[labels..]).ToArray()]);
            first += anchors;
        }

        // Scores and distances of a stride that have the same shape are told apart by their order only.
        int[] order = [0, 1, 2, 3];
        if (labels != 4 * Bins) new Random(seed).Shuffle(order);
        var expected = Decode(manifest, labels, joined, out _).Span.ToArray();
        var list = new DetectionList();
        var thresholds = Enumerable.Repeat(0.5f, labels).ToArray();
        Assert.True(new NanoDetDecoder(manifest, labels, [.. order.Select(i => specs[i])], thresholds).TryDecode([.. order.Select(i => outputs[i])], list));
        Assert.Equal(expected, list.Span.ToArray());
        Assert.All(expected, static d => Assert.True(d.Confidence >= 0.5f));
    }, iter: 200);

    [Fact]
    public void Logits_are_compared_as_confidences()
    {
        var manifest = Manifest(8, 8, [8]);
        manifest = manifest with { Decoder = manifest.Decoder with { Activation = ScoreActivation.Sigmoid } };
        var row = new Row(3 + (4 * Bins)).Score(0, 0).Score(1, -0.001f).Score(2, MathF.Log(3));
        var found = Decode(manifest, 3, row.Values, out _).Span.ToArray();
        Assert.Equal([(0, 0.5f), (2, 0.75f)], found.Select(static d => (d.ClassId, MathF.Round(d.Confidence, 6))));
    }

    [Fact]
    public void Pairs_that_do_not_fit_are_refused_with_the_arithmetic()
    {
        var manifest = Manifest(40, 24, [8, 16]);
        TensorSpec[] specs = [Heads.Spec(1, 15, 5), Heads.Spec(1, 15, 16), Heads.Spec(1, 6, 5), Heads.Spec(1, 6, 16)];
        Assert.Contains(
            "input 40×24, 4 labels and regMax 3, which at stride 8 make [1,15,4] and [1,15,4·4 = 16]",
            Assert.Throws<ModelException>(() => new NanoDetDecoder(manifest, 4, specs, new float[4])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "or a pair for each stride, 4 for strides 8,16",
            Assert.Throws<ModelException>(() => new NanoDetDecoder(manifest, 5, specs[..3], new float[5])).Message, StringComparison.Ordinal);
    }

    public static TheoryData<float> NoNumbers => [float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    [Theory]
    [MemberData(nameof(NoNumbers))]
    public void One_value_that_is_no_number_fails_the_frame_wherever_it_stands(float broken)
    {
        const int Labels = 11;
        var manifest = Manifest(16, 8, [8]);
        var columns = Labels + (4 * Bins);
        for (var at = 0; at < columns; at++)
        {
            float[] values = [.. new Row(columns).Score(3, 0.9f).Values, .. new Row(columns).Score(3, 0.9f).Values];
            values[columns + at] = broken;
            var list = Decode(manifest, Labels, values, out var ok);
            Assert.False(ok);
            Assert.Equal(0, list.Count);
        }
    }

    /// <summary>Whatever a broken model gives: finite boxes or a failure, never an exception.</summary>
    [Fact]
    public void Random_bytes_as_outputs_never_give_broken_boxes() =>
        Gen.Select(Gen.Int, Gen.Int[0, 3]).Sample((seed, kind) =>
        {
            var manifest = Manifest(24, 24, [8]);
            var values = new float[9 * (5 + (4 * Bins))];
            var random = new Random(seed);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = kind switch
                {
                    0 => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)),
                    1 => (random.NextSingle() - 0.5f) * float.MaxValue,
                    2 => random.Next(100) == 0 ? float.NaN : random.NextSingle(),
                    _ => random.NextSingle() * 1e-38f,
                };
            }

            var list = Decode(manifest, 5, values, out var ok);
            Assert.True(ok || list.Count == 0);
            foreach (var d in list.Span)
            {
                Assert.True(float.IsFinite(d.Box.Left + d.Box.Top + d.Box.Right + d.Box.Bottom));
                Assert.InRange(d.Confidence, 0.5f, 1f);
            }
        }, iter: 2000);

    public static TheoryData<string, string, int[], int, string> Misfits => new()
    {
        { "too few labels", "float32", [1, 84, 22], 20 - 16, "4 labels and regMax 3 (4 + 4·4 = 20 columns, found 22, which would be 6 labels)" },
        { "another input size", "float32", [1, 100, 20], 4, "make 16 + 4 + 1 = 21 rows, not 100" },
        { "another type", "string", [1, 21, 20], 4, "float32 [1,21,20]" },
        { "another rank", "float32", [21, 20], 4, "float32 [1,21,20]" },
        { "a batch", "float32", [2, 21, 20], 4, "float32 [1,21,20]" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Outputs_that_do_not_fit_the_manifest_are_refused(string name, string type, int[] dimensions, int labels, string expected)
    {
        Assert.NotEmpty(name);
        var e = Assert.Throws<ModelException>(() => new NanoDetDecoder(Manifest(32, 32, [8, 16, 32]), labels, [new TensorSpec("out", type, dimensions)], new float[labels]));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Contains($"[{string.Join(',', dimensions)}]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decoding_allocates_nothing()
    {
        var manifest = Manifest(64, 64, [8]);
        var decoder = new NanoDetDecoder(manifest, 3, [Spec(manifest, 3)], new float[] { 0.5f, 0.5f, 0.5f });
        ReadOnlyMemory<float>[] outputs = [Quiet(3, 63).Concat(new Row(3 + (4 * Bins)).Score(1, 0.9f).Values).ToArray()];
        var list = new DetectionList();
        decoder.TryDecode(outputs, list);
        Assert.Equal(0, Allocated.By(() =>
        {
            list.Clear();
            decoder.TryDecode(outputs, list);
        }));
        Assert.Equal(1, list.Count);
    }

    private static List<Detection> Plain(ModelManifest manifest, int labels, float[] values)
    {
        var (found, at) = (new List<Detection>(), 0);
        foreach (var stride in manifest.Decoder.Strides)
        {
            for (var y = 0; y < Math.Ceiling(manifest.Input.Height / (double)stride); y++)
            {
                for (var x = 0; x < Math.Ceiling(manifest.Input.Width / (double)stride); x++)
                {
                    var row = values.AsSpan(at, labels + (4 * Bins)).ToArray();
                    at += row.Length;
                    var d = Enumerable.Range(0, 4).Select(side =>
                    {
                        var e = row.Skip(labels + (side * Bins)).Take(Bins).Select(static v => Math.Exp(v)).ToArray();
                        return stride * e.Select(static (v, i) => v * i).Sum() / e.Sum();
                    }).ToArray();
                    var (cx, cy) = ((x + 0.5) * stride, (y + 0.5) * stride);
                    for (var id = 0; id < labels; id++)
                    {
                        if (row[id] >= 0.5f) found.Add(new Detection(id, row[id], new Box((float)(cx - d[0]), (float)(cy - d[1]), (float)(cx + d[2]), (float)(cy + d[3]))));
                    }
                }
            }
        }

        return found;
    }

    private static DetectionList Decode(ModelManifest manifest, int labels, float[] values, out bool ok)
    {
        var thresholds = Enumerable.Repeat(0.5f, labels).ToArray();
        var list = new DetectionList();
        ok = new NanoDetDecoder(manifest, labels, [Spec(manifest, labels)], thresholds).TryDecode([values], list);
        return list;
    }

    private static TensorSpec Spec(ModelManifest manifest, int labels) => new("out", "float32", [1, Anchors(manifest), labels + (4 * Bins)]);

    private static int Anchors(ModelManifest manifest) => manifest.Decoder.Strides.Sum(s =>
        (int)Math.Ceiling(manifest.Input.Width / (double)s) * (int)Math.Ceiling(manifest.Input.Height / (double)s));

    private static ModelManifest Manifest(int width, int height, int[] strides) => new()
    {
        Name = "toy",
        Version = "1",
        Family = ModelFamily.NanoDet,
        Licence = "none",
        Source = "test",
        File = "model.onnx",
        Sha256 = new string('0', 64),
        Input = new ModelInput { Width = width, Height = height, Colour = ColourOrder.Bgr, Resize = ResizeMode.Stretch },
        Decoder = new DecoderOptions { Strides = strides, RegMax = Bins - 1, CentreOffset = 0.5f },
        ConfidenceThreshold = 0.5f,
    };

    private static float[] Quiet(int labels, int rows) => new float[rows * (labels + (4 * Bins))];

    private static void AssertBox(Box expected, Box actual, float tolerance)
    {
        Assert.Equal(expected.Left, actual.Left, tolerance);
        Assert.Equal(expected.Top, actual.Top, tolerance);
        Assert.Equal(expected.Right, actual.Right, tolerance);
        Assert.Equal(expected.Bottom, actual.Bottom, tolerance);
    }

    /// <summary>One anchor's outputs: scores, then four distributions.</summary>
    private sealed class Row(int columns)
    {
        public float[] Values { get; } = new float[columns];

        public Row Score(int id, float score)
        {
            Values[id] = score;
            return this;
        }

        /// <summary>Puts all weight of a side on one bin.</summary>
        public Row Bin(int labels, int side, int bin)
        {
            Values[labels + (side * Bins) + bin] = 50;
            return this;
        }
    }
}
