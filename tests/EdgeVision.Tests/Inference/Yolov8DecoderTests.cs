using CsCheck;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Tests.Doubles;

namespace EdgeVision.Tests.Inference;

public sealed class Yolov8DecoderTests
{
    private static readonly ModelManifest Manifest = Heads.Manifest(ModelFamily.Yolov8);

    [Fact]
    public void A_column_is_a_box_around_a_centre_and_a_score_for_each_class()
    {
        // Two labels, three anchors; the second anchor is one object of both classes.
        float[] planes = [0, 30, 0, /* y */ 0, 20, 0, /* width */ 0, 10, 0, /* height */ 0, 8, 0, /* scores */ 0.1f, 0.7f, 0.2f, 0.49f, 0.5f, 0.1f];
        var found = Heads.Decode(Heads.Create(Manifest, 2, Heads.Spec(1, 6, 3)), planes);
        Assert.Equal([new Detection(0, 0.7f, new Box(25, 16, 35, 24)), new Detection(1, 0.5f, new Box(25, 16, 35, 24))], found);
    }

    [Fact]
    public void Planes_and_rows_decode_as_the_plain_formula() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 700], Gen.Int, Gen.Bool).Sample((labels, anchors, seed, transposed) =>
        {
            // As many anchors as rows would be read upright.
            if (anchors == labels + 4) anchors++;
            var random = new Random(seed);
            var planes = new float[(4 + labels) * anchors];
            for (var i = 0; i < planes.Length; i++) planes[i] = i < 4 * anchors ? random.NextSingle() * 64 : MathF.Pow(random.NextSingle(), 12);
            var expected = Plain(planes, labels, anchors);
            var (spec, values) = transposed ? (Heads.Spec(1, anchors, 4 + labels), Transpose(planes, anchors)) : (Heads.Spec(1, 4 + labels, anchors), planes);
            var found = Heads.Decode(Heads.Create(Manifest, labels, spec), values);
            Assert.Equal(Ordered(expected), Ordered(found));
        }, iter: 300);

    [Fact]
    public void Of_equal_sides_the_first_is_that_of_the_classes()
    {
        float[] planes = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0.9f];
        Assert.Equal(new Box(2.5f, 2.5f, 7.5f, 7.5f), Assert.Single(Heads.Decode(Heads.Create(Manifest, 1, Heads.Spec(1, 5, 5)), planes)).Box);
    }

    [Fact]
    public void Class_ids_choose_the_columns_that_count()
    {
        var manifest = Heads.Manifest(ModelFamily.Yolov8, classIds: [2, 0]);
        var planes = new float[7 * 10];
        (planes[40], planes[50], planes[51], planes[61]) = (0.6f, 0.9f, 0.9f, 0.8f);
        Assert.Equal([(1, 0.6f), (0, 0.8f)], Heads.Decode(Heads.Create(manifest, 2, Heads.Spec(1, 7, 10)), planes).Select(static d => (d.ClassId, d.Confidence)));
    }

    public static TheoryData<float> NoNumbers => [float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    [Theory]
    [MemberData(nameof(NoNumbers))]
    public void A_score_that_is_no_number_fails_the_frame_wherever_it_stands(float broken)
    {
        const int Labels = 3;
        const int Anchors = 150;
        var decoder = Heads.Create(Manifest, Labels, Heads.Spec(1, 4 + Labels, Anchors));
        for (var at = 4 * Anchors; at < (4 + Labels) * Anchors; at++)
        {
            var planes = new float[(4 + Labels) * Anchors];
            (planes[(4 * Anchors) + 5], planes[^1]) = (0.9f, 0.9f);
            planes[at] = broken;
            var list = new DetectionList();
            list.Add(new Detection(7, 0.1f, default));
            Assert.False(Heads.TryDecode(decoder, list, planes));
            Assert.Equal(1, list.Count);
        }
    }

    [Theory]
    [MemberData(nameof(NoNumbers))]
    public void A_candidates_box_that_is_no_number_fails_the_frame(float broken)
    {
        var decoder = Heads.Create(Manifest, 1, Heads.Spec(1, 5, 2));
        for (var at = 1; at < 8; at += 2)
        {
            float[] planes = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0.9f];
            planes[at] = broken;
            Assert.False(Heads.TryDecode(decoder, new DetectionList(), planes));
        }
    }

    /// <summary>The worst that a model of this shape can do: every class of every anchor.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_too_many_candidates_the_best_stay(bool rising)
    {
        const int Labels = 20;
        const int Anchors = 8400;
        var decoder = Heads.Create(Manifest, Labels, Heads.Spec(1, 4 + Labels, Anchors));
        var random = new Random(1);
        var planes = new float[(4 + Labels) * Anchors];
        for (var i = 0; i < planes.Length; i++) planes[i] = 0.5f + (0.5f * (rising ? i / (float)planes.Length : random.NextSingle()));
        var list = new DetectionList();
        Assert.True(Heads.TryDecode(decoder, list, planes));
        Assert.Equal(Candidates.Max, list.Count);
        Assert.Equal(planes[(4 * Anchors)..].OrderDescending().Take(Candidates.Max), list.Span.ToArray().Select(static d => d.Confidence).OrderDescending());
    }

    [Fact]
    public void Decoding_allocates_nothing()
    {
        var decoder = Heads.Create(Manifest, 80, Heads.Spec(1, 84, 8400));
        var planes = new float[84 * 8400];
        for (var i = 0; i < 40; i++) planes[(60 * 8400) + (i * 200)] = 0.9f;
        ReadOnlyMemory<float>[] outputs = [planes];
        var list = new DetectionList();
        decoder.TryDecode(outputs, list);
        Assert.Equal(0, Allocated.By(() =>
        {
            list.Clear();
            decoder.TryDecode(outputs, list);
        }));
        Assert.Equal(40, list.Count);
    }

    public static TheoryData<string, int[], int, string> Misfits => new()
    {
        { "too few labels", [1, 84, 8400], 20, "output float32 [1,84,8400]: 84 rows = 4 + 80 labels, but model.json declares 20 labels (4 + 20 = 24 rows). Give 80 labels, or correct 'family'." },
        { "too many labels", [1, 6, 8400], 3, "6 rows = 4 + 2 labels, but model.json declares 3 labels (4 + 3 = 7 rows). Give 2 labels" },
        { "too few labels, transposed", [1, 8400, 84], 20, "84 columns = 4 + 80 labels, but model.json declares 20 labels" },
        { "no class at all", [1, 4, 8400], 1, "4 rows leave no place for a class; this family has 4 + labels" },
        { "another rank", [1, 84], 80, "the yolov8 family has one, float32 [1,84,anchors] or [1,anchors,84]. Correct 'family'" },
        { "a batch", [2, 84, 8400], 80, "output float32 [2,84,8400]; the yolov8 family has one" },
        { "an empty one", [1, 84, 0], 80, "the yolov8 family has one" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Outputs_that_do_not_fit_are_refused_with_the_arithmetic(string name, int[] dimensions, int labels, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Contains(expected, Heads.Refuse(Manifest, labels, Heads.Spec(dimensions)), StringComparison.Ordinal);
    }

    [Fact]
    public void Class_ids_and_labels_are_as_many()
    {
        var manifest = Heads.Manifest(ModelFamily.Yolov8, classIds: [1, 2, 3]);
        Assert.Contains("has 2 labels but model.json gives 3 classIds", Heads.Refuse(manifest, 2, Heads.Spec(1, 84, 8400)), StringComparison.Ordinal);
    }

    [Fact]
    public void Class_ids_beyond_the_output_are_refused()
    {
        var manifest = Heads.Manifest(ModelFamily.Yolov8, classIds: [1, 90]);
        Assert.Contains("84 rows = 4 + 80 labels, but model.json declares class ids up to 90 (4 + 91 = 95 rows). Fix 'classIds'", Heads.Refuse(manifest, 2, Heads.Spec(1, 84, 8400)), StringComparison.Ordinal);
    }

    private static List<Detection> Plain(float[] planes, int labels, int anchors)
    {
        var found = new List<Detection>();
        for (var a = 0; a < anchors; a++)
        {
            for (var id = 0; id < labels; id++)
            {
                var score = planes[((4 + id) * anchors) + a];
                var (x, y, w, h) = (planes[a], planes[anchors + a], planes[(2 * anchors) + a], planes[(3 * anchors) + a]);
                if (score >= Heads.Threshold) found.Add(new Detection(id, score, new Box(x - (w / 2), y - (h / 2), x + (w / 2), y + (h / 2))));
            }
        }

        return found;
    }

    private static IEnumerable<Detection> Ordered(IEnumerable<Detection> found) => found.OrderBy(static d => d.ClassId).ThenBy(static d => d.Confidence).ThenBy(static d => d.Box.Left);

    private static float[] Transpose(float[] planes, int anchors)
    {
        var (rows, transposed) = (planes.Length / anchors, new float[planes.Length]);
        for (var i = 0; i < planes.Length; i++) transposed[(i % anchors * rows) + (i / anchors)] = planes[i];
        return transposed;
    }
}
