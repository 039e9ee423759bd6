using EdgeVision.Configuration;
using EdgeVision.Inference;

namespace EdgeVision.Tests.Inference;

public sealed class DetectionFilterTests
{
    private static readonly DetectionFilterOptions All = OptionsReader.Defaults(DetectionFilterOptions.Read);

    [Fact]
    public void By_default_everything_counts() => Assert.Equal(3, Kept(All));

    [Fact]
    public void Only_allowed_classes_count_whatever_their_case() => Assert.Equal(1, Kept(All with { Classes = ["CAR"] }));

    [Fact]
    public void Boxes_outside_the_size_range_do_not_count()
    {
        // Areas of the 640 × 480 frame: 0.0039, 0.39, 1.
        Assert.Equal(2, Kept(All with { MinBoxArea = 0.01 }));
        Assert.Equal(2, Kept(All with { MaxBoxArea = 0.5 }));
        Assert.Equal(1, Kept(All with { MinBoxArea = 0.01, MaxBoxArea = 0.5 }));
    }

    [Fact]
    public void Confidence_below_the_minimum_does_not_count() => Assert.Equal(2, Kept(All with { MinConfidence = 0.6 }));

    [Fact]
    public void What_is_kept_keeps_its_order()
    {
        var detections = Some.Detections(Some.Detection(2, 0.9f), Some.Detection(0, 0.8f), Some.Detection(2, 0.7f));
        new DetectionFilter(All with { Classes = ["car"] }, Some.Model.Labels).Apply(detections, 640, 480);

        Assert.Equal([0.9f, 0.7f], detections.Span.ToArray().Select(d => d.Confidence));
    }

    [Fact]
    public void A_class_that_the_model_does_not_know_is_a_mistake_with_a_suggestion()
    {
        var wrong = DetectionFilter.UnknownClasses(["persn", "car", "zeppelin"], "tiny", Some.Model.Labels);

        Assert.Equal(
            ["'persn' is not a label of model 'tiny'; did you mean 'person'?", "'zeppelin' is not a label of model 'tiny'; its labels are person, bicycle, car."],
            wrong);
    }

    private static int Kept(DetectionFilterOptions options)
    {
        var detections = Some.Detections(
            Some.Detection(0, 0.9f, 0, 0, 40, 30), Some.Detection(1, 0.7f, 0, 0, 400, 300), Some.Detection(2, 0.5f, 0, 0, 640, 480));
        new DetectionFilter(options, Some.Model.Labels).Apply(detections, 640, 480);
        return detections.Count;
    }
}
