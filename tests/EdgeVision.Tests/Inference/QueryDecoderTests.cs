using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Inference;

/// <summary>DETR and the TensorFlow Object Detection API: a fixed number of answers.</summary>
public sealed class QueryDecoderTests
{
    private static readonly ModelManifest Detr = Heads.Manifest(ModelFamily.Detr, 200, 100, new DecoderOptions { Activation = ScoreActivation.Sigmoid });
    private static readonly ModelManifest Softmax = Heads.Manifest(ModelFamily.Detr, 200, 100, new DecoderOptions { Activation = ScoreActivation.Softmax });
    private static readonly ModelManifest Tf = Heads.Manifest(ModelFamily.TfObjectDetection, 300, 200, classIds: [1, 3]);

    [Fact]
    public void Each_logit_of_rt_detr_is_a_class_of_its_own()
    {
        // σ(ln 3) = 3/4, σ(0) = 1/2, σ(−ln 3) = 1/4.
        float[] logits = [MathF.Log(3), 0, -MathF.Log(3), -5, -5, MathF.Log(4)];
        float[] boxes = [0.5f, 0.5f, 0.2f, 0.4f, 0.25f, 0.75f, 0.5f, 0.5f];
        var decoder = Heads.Create(Detr, 3, Heads.Spec(1, 2, 3), Heads.Spec(1, 2, 4));
        var found = Heads.Decode(decoder, logits, boxes);
        Assert.Equal([(0, 0.75f), (1, 0.5f), (2, 0.8f)], found.Select(static d => (d.ClassId, MathF.Round(d.Confidence, 6))));
        AssertBox(new Box(80, 30, 120, 70), found[0].Box);
        AssertBox(new Box(0, 50, 100, 100), found[2].Box);
    }

    [Fact]
    public void A_query_of_the_original_detr_is_its_best_class_or_no_object()
    {
        // e^x of the rows: 6, 2, 2 of 10; 4, 4, 32 of 40; 12, 6, 2 of 20.
        float[] logits = [MathF.Log(6), MathF.Log(2), MathF.Log(2), MathF.Log(4), MathF.Log(4), MathF.Log(32), MathF.Log(6), MathF.Log(12), MathF.Log(2)];
        float[] boxes = [0.5f, 0.5f, 0.2f, 0.4f, 0.5f, 0.5f, 0.2f, 0.4f, 0.5f, 0.5f, 1, 1];
        var found = Heads.Decode(Heads.Create(Softmax, 2, Heads.Spec(1, 3, 3), Heads.Spec(1, 3, 4)), logits, boxes);
        Assert.Equal([(0, 0.6f), (1, 0.6f)], found.Select(static d => (d.ClassId, MathF.Round(d.Confidence, 6))));
        AssertBox(new Box(0, 0, 200, 100), found[1].Box);
    }

    [Fact]
    public void Huge_logits_do_not_overflow()
    {
        float[] boxes = [0.5f, 0.5f, 1, 1];
        Assert.Equal(1, Assert.Single(Heads.Decode(Heads.Create(Softmax, 1, Heads.Spec(1, 1, 2), Heads.Spec(1, 1, 4)), [3e38f, -3e38f], boxes)).Confidence);
        Assert.Empty(Heads.Decode(Heads.Create(Softmax, 1, Heads.Spec(1, 1, 2), Heads.Spec(1, 1, 4)), [-3e38f, 3e38f], boxes));
        Assert.Equal(1, Assert.Single(Heads.Decode(Heads.Create(Detr, 1, Heads.Spec(1, 1, 1), Heads.Spec(1, 1, 4)), [3e38f], boxes)).Confidence);
    }

    [Fact]
    public void Boxes_are_known_by_shape_else_by_name_else_by_order()
    {
        float[] logits = [5, -5, -5, -5];
        float[] boxes = [0.5f, 0.5f, 1, 1];
        Assert.Equal(0, Assert.Single(Heads.Decode(Heads.Create(Detr, 4, Heads.Spec(1, 1, 4), Heads.Spec(1, 1, 4)), logits, boxes)).ClassId);
        Assert.Equal(0, Assert.Single(Heads.Decode(Heads.Create(Detr, 4, Heads.Named("pred_boxes", 1, 1, 4), Heads.Named("logits", 1, 1, 4)), boxes, logits)).ClassId);
        Assert.Single(Heads.Decode(Heads.Create(Detr, 1, Heads.Spec(1, 1, 4), Heads.Spec(1, 1, 1)), boxes, [5]));
    }

    [Fact]
    public void A_detr_of_91_classes_may_have_gaps()
    {
        var manifest = Heads.Manifest(ModelFamily.Detr, 100, 100, new DecoderOptions { Activation = ScoreActivation.Softmax }, 1, 90);
        var logits = new float[92];
        logits[90] = 20;
        Assert.Equal(1, Assert.Single(Heads.Decode(Heads.Create(manifest, 2, Heads.Spec(1, 1, 92), Heads.Spec(1, 1, 4)), logits, [0.5f, 0.5f, 1, 1])).ClassId);

        // Best is a class that nobody wants: the query is not given to the next one.
        (logits[12], logits[90]) = (20, 19);
        Assert.Empty(Heads.Decode(Heads.Create(manifest, 2, Heads.Spec(1, 1, 92), Heads.Spec(1, 1, 4)), logits, [0.5f, 0.5f, 1, 1]));
    }

    [Fact]
    public void The_tf_object_detection_api_counts_its_detections_and_tells_ids()
    {
        float[] boxes = [0.1f, 0.2f, 0.5f, 0.6f, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1];
        float[] classes = [3, 1, 2, 1];
        float[] scores = [0.9f, 0.8f, 0.95f, 0.99f];
        var decoder = Heads.Create(Tf, 2, Heads.Spec(1, 4, 4), Heads.Spec(1, 4), Heads.Spec(1, 4), Heads.Spec(1));
        var found = Heads.Decode(decoder, boxes, classes, scores, [3]);
        Assert.Equal([(1, 0.9f), (0, 0.8f)], found.Select(static d => (d.ClassId, d.Confidence)));
        AssertBox(new Box(60, 20, 180, 100), found[0].Box);
    }

    [Fact]
    public void Outputs_of_the_tf_object_detection_api_are_known_by_name()
    {
        var decoder = Heads.Create(
            Tf, 2, Heads.Named("num_detections:0", 1), Heads.Named("detection_scores:0", 1, 1), Heads.Named("detection_boxes:0", 1, 1, 4), Heads.Named("detection_classes:0", 1, 1));
        Assert.Equal(new Detection(1, 0.9f, new Box(0, 0, 300, 200)), Assert.Single(Heads.Decode(decoder, [1], [0.9f], [0, 0, 1, 1], [3])));
    }

    public static TheoryData<string, float, int> Numbers => new() { { "none", 0, 0 }, { "negative", -5, 0 }, { "more than there are", 1e9f, 2 }, { "a fraction", 1.5f, 1 } };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Whatever_the_number_of_detections_says_none_beyond_the_list_is_read(string name, float number, int count)
    {
        Assert.NotEmpty(name);
        var decoder = Heads.Create(Tf, 2, Heads.Spec(1, 2, 4), Heads.Spec(1, 2), Heads.Spec(1, 2), Heads.Spec(1));
        Assert.Equal(count, Heads.Decode(decoder, [0, 0, 1, 1, 0, 0, 1, 1], [1, 1], [0.9f, 0.9f], [number]).Length);
    }

    [Fact]
    public void What_is_no_number_fails_the_frame()
    {
        var tf = Heads.Create(Tf, 2, Heads.Named("boxes", 1, 1, 4), Heads.Named("classes", 1, 1), Heads.Named("scores", 1, 1), Heads.Named("num", 1));
        float[][] outputs = [[0, 0, 1, 1], [1], [0.9f], [1]];
        AssertEachValueMatters(tf, outputs);
        AssertEachValueMatters(Heads.Create(Detr, 2, Heads.Spec(1, 1, 2), Heads.Spec(1, 1, 4)), [[5, -5], [0, 0, 1, 1]]);
        AssertEachValueMatters(Heads.Create(Softmax, 1, Heads.Spec(1, 1, 2), Heads.Spec(1, 1, 4)), [[5, -5], [0, 0, 1, 1]]);
    }

    [Fact]
    public void Outputs_that_do_not_fit_are_refused_with_the_arithmetic()
    {
        Assert.Contains("91 columns = 1 + 90 labels, but model.json declares 80 labels (1 + 80 = 81 columns). Give 90 labels", Heads.Refuse(Softmax, 80, Heads.Spec(1, 100, 91), Heads.Spec(1, 100, 4)), StringComparison.Ordinal);
        Assert.Contains("80 columns = 80 labels, but model.json declares 20 labels. Give 80 labels", Heads.Refuse(Detr, 20, Heads.Spec(1, 300, 80), Heads.Spec(1, 300, 4)), StringComparison.Ordinal);
        Assert.Contains("the detr family has two, logits float32 [1,queries,20] and boxes [1,queries,4]", Heads.Refuse(Detr, 20, Heads.Spec(1, 300, 80), Heads.Spec(1, 299, 4)), StringComparison.Ordinal);
        Assert.Contains("the tfObjectDetection family has four, detection_boxes [1,n,4]", Heads.Refuse(Tf, 2, Heads.Spec(1, 84, 8400)), StringComparison.Ordinal);
        Assert.Contains("the tfObjectDetection family has four", Heads.Refuse(Tf, 2, Heads.Spec(1, 5, 4), Heads.Spec(1, 5), Heads.Spec(1, 4), Heads.Spec(1)), StringComparison.Ordinal);
    }

    private static void AssertEachValueMatters(OutputDecoder decoder, float[][] outputs)
    {
        Assert.Single(Heads.Decode(decoder, outputs));
        foreach (var output in outputs)
        {
            for (var i = 0; i < output.Length; i++)
            {
                var was = output[i];
                output[i] = float.NaN;
                Assert.False(Heads.TryDecode(decoder, new DetectionList(), outputs));
                output[i] = was;
            }
        }
    }

    private static void AssertBox(Box expected, Box actual)
    {
        Assert.Equal(expected.Left, actual.Left, 1e-3f);
        Assert.Equal(expected.Top, actual.Top, 1e-3f);
        Assert.Equal(expected.Right, actual.Right, 1e-3f);
        Assert.Equal(expected.Bottom, actual.Bottom, 1e-3f);
    }
}
