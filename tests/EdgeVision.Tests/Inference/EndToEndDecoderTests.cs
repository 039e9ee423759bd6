using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Inference;

public sealed class EndToEndDecoderTests
{
    private static readonly ModelManifest Manifest = Heads.Manifest(ModelFamily.EndToEnd);

    [Fact]
    public void A_row_is_a_finished_detection()
    {
        float[] values = [1, 2, 30, 40, 0.9f, 1, 5, 6, 7, 8, 0.49f, 0, 5, 6, 7, 8, 0.5f, 0];
        Assert.Equal(
            [new Detection(1, 0.9f, new Box(1, 2, 30, 40)), new Detection(0, 0.5f, new Box(5, 6, 7, 8))],
            Heads.Decode(Heads.Create(Manifest, 2, Heads.Spec(1, 3, 6)), values));
    }

    public static TheoryData<string, float> StrangeIds => new() { { "beyond", 2 }, { "negative", -1 }, { "huge", 1e30f }, { "no number", float.NaN } };

    [Theory]
    [MemberData(nameof(StrangeIds))]
    public void A_class_id_that_no_label_has_fails_the_frame(string name, float id)
    {
        Assert.NotEmpty(name);
        Assert.False(Heads.TryDecode(Heads.Create(Manifest, 2, Heads.Spec(1, 1, 6)), new DetectionList(), [1, 2, 3, 4, 0.9f, id]));
    }

    [Fact]
    public void Whatever_class_an_empty_row_has_is_all_the_same() =>
        Assert.Empty(Heads.Decode(Heads.Create(Manifest, 2, Heads.Spec(1, 1, 6)), [0, 0, 0, 0, 0, 99]));

    [Fact]
    public void Ids_that_the_manifest_leaves_out_are_ignored()
    {
        var manifest = Heads.Manifest(ModelFamily.EndToEnd, classIds: [7]);
        float[] values = [1, 2, 3, 4, 0.9f, 6, 1, 2, 3, 4, 0.8f, 7];
        Assert.Equal([(0, 0.8f)], Heads.Decode(Heads.Create(manifest, 1, Heads.Spec(1, 2, 6)), values).Select(static d => (d.ClassId, d.Confidence)));
    }

    [Fact]
    public void Another_shape_is_refused() => Assert.Contains(
        "output float32 [1,84,8400]; the endToEnd family has one, float32 [1,detections,6] of left, top, right, bottom, score, class. Correct 'family'",
        Heads.Refuse(Manifest, 80, Heads.Spec(1, 84, 8400)), StringComparison.Ordinal);
}
