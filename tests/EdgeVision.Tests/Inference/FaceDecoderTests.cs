using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Inference;

public sealed class FaceDecoderTests
{
    private static readonly ModelManifest UltraFace = Heads.Manifest(ModelFamily.UltraFace, 320, 240);
    private static readonly ModelManifest YuNet = Heads.Manifest(ModelFamily.YuNet, 32, 32, new DecoderOptions { Strides = [16, 32] });

    [Fact]
    public void The_background_of_ultraface_is_no_face_and_boxes_are_shares()
    {
        float[] scores = [0.9f, 0.1f, 0.2f, 0.8f];
        float[] boxes = [0, 0, 1, 1, 0.25f, 0.5f, 0.5f, 0.75f];
        foreach (var isSwapped in new[] { false, true })
        {
            TensorSpec[] specs = [Heads.Spec(1, 2, 2), Heads.Spec(1, 2, 4)];
            float[][] outputs = [scores, boxes];
            if (isSwapped) (specs, outputs) = ([.. specs.Reverse()], [.. outputs.Reverse()]);
            var decoder = Heads.Create(UltraFace, 1, specs);
            Assert.Equal([new Detection(0, 0.8f, new Box(80, 120, 160, 180))], Heads.Decode(decoder, outputs));
        }
    }

    [Fact]
    public void Three_labels_and_the_background_are_told_from_boxes_by_name()
    {
        float[] scores = [0, 0, 0, 0.9f];
        float[] boxes = [0, 0, 0.5f, 0.5f];
        var decoder = Heads.Create(UltraFace, 3, Heads.Named("boxes", 1, 1, 4), Heads.Named("scores", 1, 1, 4));
        Assert.Equal([new Detection(2, 0.9f, new Box(0, 0, 160, 120))], Heads.Decode(decoder, boxes, scores));
    }

    [Fact]
    public void A_face_of_yunet_has_its_landmarks()
    {
        var list = new DetectionList();
        var decoder = Heads.Create(YuNet, 1, YuNetSpecs(5));
        Assert.True(Heads.TryDecode(decoder, list, YuNetValues(5)));

        // Fourth cell of 2 × 2 at stride 16, √(0.8 · 0.8); then the one at stride 32, √(1 · 0.49).
        var found = list.Span.ToArray();
        Assert.Equal([0.8f, 0.7f], found.Select(static d => d.Confidence).Select(static c => MathF.Round(c, 6)));
        Assert.Equal(new Box(24 - 8, 24 - 16, 24 + 8, 24 + 16), found[0].Box);
        Assert.Equal(Enumerable.Range(0, 5).Select(static i => new Point(16 + (16 * 0.1f * i), 16 + (16 * 0.2f * i))), list.LandmarksOf(found[0]).ToArray());
        Assert.Equal(new Point(0, 0), list.LandmarksOf(found[1])[4]);
    }

    [Fact]
    public void A_broken_frame_leaves_no_landmarks()
    {
        var list = new DetectionList();
        var values = YuNetValues(5);
        values[5][0] = float.NaN;
        Assert.False(Heads.TryDecode(Heads.Create(YuNet, 1, YuNetSpecs(5)), list, values));
        Assert.Equal((0, 0, 0), (list.Count, list.Landmarks.Length, list.LandmarksPerObject));
    }

    [Fact]
    public void The_order_of_yunets_outputs_does_not_matter()
    {
        var (specs, values) = (YuNetSpecs(5), YuNetValues(5));
        var expected = Heads.Decode(Heads.Create(YuNet, 1, specs), values);
        for (var seed = 0; seed < 20; seed++)
        {
            var (s, v) = (specs.ToArray(), values.ToArray());
            new Random(seed).Shuffle(s);
            new Random(seed).Shuffle(v);
            Assert.Equal(expected, Heads.Decode(Heads.Create(YuNet, 1, s), v));
        }
    }

    [Fact]
    public void Faces_that_do_not_fit_are_refused_with_the_arithmetic()
    {
        Assert.Contains("2 columns = 1 + 1 labels, but model.json declares 2 labels (1 + 2 = 3 columns). Give 1 labels", Heads.Refuse(UltraFace, 2, Heads.Spec(1, 9, 2), Heads.Spec(1, 9, 4)), StringComparison.Ordinal);
        Assert.Contains("the ultraface family has two, float32 [1,anchors,1 background + 1 = 2] and [1,anchors,4]", Heads.Refuse(UltraFace, 1, Heads.Spec(1, 9, 2), Heads.Spec(1, 8, 4)), StringComparison.Ordinal);
        Assert.Contains("the yunet family knows one class, but model.json declares 2 labels. Give one label, as [\"face\"]", Heads.Refuse(YuNet, 2, YuNetSpecs(5)), StringComparison.Ordinal);
        Assert.Contains("the yunet family has four for each stride, 8 for strides 16,32.", Heads.Refuse(YuNet, 1, YuNetSpecs(5)[..7]), StringComparison.Ordinal);
        var small = Heads.Manifest(ModelFamily.YuNet, 64, 32, new DecoderOptions { Strides = [16, 32] });
        Assert.Contains("declares input 64×32, which at stride 16 makes twice [1,8,1], [1,8,4] and [1,8,2·points]", Heads.Refuse(small, 1, YuNetSpecs(5)), StringComparison.Ordinal);
    }

    private static TensorSpec[] YuNetSpecs(int points) =>
    [
        Heads.Spec(1, 4, 1), Heads.Spec(1, 1, 1), Heads.Spec(1, 4, 1), Heads.Spec(1, 1, 1),
        Heads.Spec(1, 4, 4), Heads.Spec(1, 1, 4), Heads.Spec(1, 4, 2 * points), Heads.Spec(1, 1, 2 * points),
    ];

    private static float[][] YuNetValues(int points)
    {
        float[] quiet = [0, 0, 0, 0];
        var landmarks = new float[4 * 2 * points];
        for (var i = 0; i < points; i++) (landmarks[(3 * 2 * points) + (2 * i)], landmarks[(3 * 2 * points) + (2 * i) + 1]) = (0.1f * i, 0.2f * i);
        return
        [
            [0.1f, 0.9f, 0, 0.8f], [1.5f], [0.2f, 0.1f, 1, 0.8f], [0.49f],
            [.. quiet, .. quiet, .. quiet, 0.5f, 0.5f, 0, MathF.Log(2)], [0, 0, 0, 0], landmarks, new float[2 * points],
        ];
    }
}
