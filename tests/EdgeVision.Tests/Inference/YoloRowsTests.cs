using CsCheck;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Inference;

/// <summary>YOLOX and YOLOv5: rows with objectness.</summary>
public sealed class YoloRowsTests
{
    private static readonly DecoderOptions Grid = new() { Strides = [8, 16] };
    private static readonly ModelManifest Yolox = Heads.Manifest(ModelFamily.Yolox, 16, 16, Grid);

    [Fact]
    public void A_yolox_box_counts_from_its_cell_in_strides()
    {
        // 2 × 2 cells of 8 pixels, then one of 16: the last cell of the first map, and the second map's.
        float[] quiet = [0, 0, 0, 0, 0, 0, 0];
        float[] values = [.. quiet, .. quiet, .. quiet, 0.5f, 0.25f, MathF.Log(2), MathF.Log(3), 0.9f, 0.8f, 0.1f, 0.5f, 0.5f, 0, 0, 0.8f, 0.1f, 1];
        var found = Heads.Decode(Heads.Create(Yolox, 2, Heads.Spec(1, 5, 7)), values);
        Assert.Equal([(0, 0.9f * 0.8f), (1, 0.8f)], found.Select(static d => (d.ClassId, d.Confidence)));
        AssertBox(new Box(12 - 8, 10 - 12, 12 + 8, 10 + 12), found[0].Box);
        AssertBox(new Box(0, 0, 16, 16), found[1].Box);
    }

    public static TheoryData<ModelFamily> Decoded => [ModelFamily.Yolox, ModelFamily.Yolov5];

    [Theory]
    [MemberData(nameof(Decoded))]
    public void A_box_in_pixels_is_taken_as_it_is(ModelFamily family)
    {
        var manifest = Heads.Manifest(family, decoder: new DecoderOptions { Boxes = BoxEncoding.Pixels });
        float[] values = [0, 0, 0, 0, 0.1f, 1, 1, 30, 20, 10, 8, 0.9f, 0.5f, 0.7f];
        Assert.Equal([new Detection(1, 0.9f * 0.7f, new Box(25, 16, 35, 24))], Heads.Decode(Heads.Create(manifest, 2, Heads.Spec(1, 2, 7)), values));
    }

    [Fact]
    public void Decoding_agrees_with_the_plain_formula() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int, Gen.Bool).Sample((labels, width, height, seed, grid) =>
        {
            var manifest = Heads.Manifest(ModelFamily.Yolox, width, height, grid ? Grid : new DecoderOptions { Boxes = BoxEncoding.Pixels });
            var cells = grid ? Grid.Strides.SelectMany(s => Cells(width, height, s)).ToArray() : Enumerable.Repeat((X: 0, Y: 0, S: 1), 50).ToArray();
            var random = new Random(seed);
            var values = new float[cells.Length * (5 + labels)];
            for (var i = 0; i < values.Length; i++) values[i] = i % (5 + labels) < 4 ? (random.NextSingle() * 6) - 3 : random.NextSingle();
            var found = Heads.Decode(Heads.Create(manifest, labels, Heads.Spec(1, cells.Length, 5 + labels)), values);
            var at = 0;
            for (var row = 0; row < cells.Length; row++)
            {
                var (v, (x, y, s)) = (values.AsSpan(row * (5 + labels), 5 + labels).ToArray(), cells[row]);
                var (cx, cy, w, h) = grid ? ((v[0] + x) * s, (v[1] + y) * s, Math.Exp(v[2]) * s, Math.Exp(v[3]) * s) : (v[0], v[1], v[2], v[3]);
                for (var id = 0; id < labels; id++)
                {
                    if (v[4] * v[5 + id] < Heads.Threshold) continue;
                    Assert.Equal((id, v[4] * v[5 + id]), (found[at].ClassId, found[at].Confidence));
                    AssertBox(new Box((float)(cx - (w / 2)), (float)(cy - (h / 2)), (float)(cx + (w / 2)), (float)(cy + (h / 2))), found[at++].Box);
                }
            }

            Assert.Equal(at, found.Length);
        }, iter: 200);

    [Fact]
    public void A_value_that_is_no_number_fails_the_frame_wherever_it_stands()
    {
        var decoder = Heads.Create(Yolox, 40, Heads.Spec(1, 5, 45));
        foreach (var broken in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            for (var at = 0; at < 5 * 45; at++)
            {
                var values = new float[5 * 45];
                values[at] = broken;
                Assert.False(Heads.TryDecode(decoder, new DetectionList(), values));
            }
        }
    }

    [Fact]
    public void A_side_beyond_all_numbers_fails_the_frame_only_for_a_candidate()
    {
        var decoder = Heads.Create(Yolox, 1, Heads.Spec(1, 5, 6));
        var values = new float[5 * 6];
        values[2] = 1000;
        Assert.Empty(Heads.Decode(decoder, values));
        (values[4], values[5]) = (1, 1);
        Assert.False(Heads.TryDecode(decoder, new DetectionList(), values));
    }

    public static TheoryData<ModelFamily, int[], int, string> Misfits => new()
    {
        { ModelFamily.Yolox, [1, 5, 85], 20, "85 columns = 5 + 80 labels, but model.json declares 20 labels (5 + 20 = 25 columns). Give 80 labels" },
        { ModelFamily.Yolox, [1, 9, 25], 20, "declares input 16×16 and strides 8,16, which make 4 + 1 = 5 rows, not 9. Fix 'input' or 'decoder.strides'." },
        { ModelFamily.Yolox, [1, 84], 80, "the yolox family has one, float32 [1,5,85]" },
        { ModelFamily.Yolov5, [1, 25200, 85], 20, "85 columns = 5 + 80 labels, but model.json declares 20 labels" },
        { ModelFamily.Yolov5, [1, 6, 85], 80, "6, is the yolox family's. Correct 'family'" },
        { ModelFamily.Yolov5, [1, 84], 80, "the yolov5 family has one, float32 [1,anchors,85]" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Outputs_that_do_not_fit_are_refused_with_the_arithmetic(ModelFamily family, int[] dimensions, int labels, string expected) =>
        Assert.Contains(expected, Heads.Refuse(Heads.Manifest(family, 16, 16, Grid), labels, Heads.Spec(dimensions)), StringComparison.Ordinal);

    private static IEnumerable<(int X, int Y, int S)> Cells(int width, int height, int stride) =>
        from y in Enumerable.Range(0, (int)Math.Ceiling(height / (double)stride))
        from x in Enumerable.Range(0, (int)Math.Ceiling(width / (double)stride))
        select (x, y, stride);

    private static void AssertBox(Box expected, Box actual)
    {
        Assert.Equal(expected.Left, actual.Left, 1e-3f);
        Assert.Equal(expected.Top, actual.Top, 1e-3f);
        Assert.Equal(expected.Right, actual.Right, 1e-3f);
        Assert.Equal(expected.Bottom, actual.Bottom, 1e-3f);
    }
}
