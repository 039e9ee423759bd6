using CsCheck;
using EdgeVision.Evaluation;
using static EdgeVision.Tests.Evaluation.Made;

namespace EdgeVision.Tests.Evaluation;

/// <summary>The expected figures are computed by hand from pycocotools' COCOeval; whole models are compared in the integration tests.</summary>
public sealed class CocoEvaluationTests
{
    [Fact]
    public void The_thresholds_are_numpys_to_the_last_bit()
    {
        // Not 0.9: linspace(0.5, 0.95, 10) multiplies a rounded step, (0.95 - 0.5) / 9 = 0.049999999999999996.
        Assert.Equal([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95], CocoEvaluation.IouThresholds);
        Assert.Equal(0.75, CocoEvaluation.IouThresholds[CocoEvaluation.Iou75]);
        Assert.Equal((101, 0.0, 1.0), (CocoEvaluation.RecallPoints.Count, CocoEvaluation.RecallPoints[0], CocoEvaluation.RecallPoints[100]));
    }

    [Fact]
    public void The_truth_fed_back_is_perfect() => Sets.Sample(set =>
    {
        var perfect = set.Objects.Where(static o => !o.Crowd).Select(static o => Found(o.Box, 0.5, o.Image, o.Category)).ToArray();
        var result = CocoEvaluation.Evaluate(set, perfect);
        if (perfect.Length == 0) Assert.Null(result.Map);
        else Assert.All([result.Map, result.Map50, result.Map75], static m => Assert.Equal(1, m!.Value, 12));
    }, iter: 300);

    [Fact]
    public void Nothing_found_is_zero_and_nothing_to_find_is_undefined()
    {
        var result = CocoEvaluation.Evaluate(Set(1, 2, Object(Square(0, 0))), []);
        Assert.Equal((0.0, 0.0, 0.0), (result.Map, result.Map50, result.Map75));
        Assert.Equal((1, 0.0), (result.Categories[0].Count, result.Categories[0].Ap));
        Assert.Equal((0, null, null), (result.Categories[1].Count, result.Categories[1].Ap, result.Categories[1].Ap50));

        Assert.Null(CocoEvaluation.Evaluate(Set(1, 1), [Found(Square(0, 0), 0.9)]).Map);
    }

    [Fact]
    public void A_false_alarm_of_a_category_without_objects_does_not_count()
    {
        var result = CocoEvaluation.Evaluate(Set(1, 2, Object(Square(0, 0))), [Found(Square(0, 0), 0.9), Found(Square(50, 50), 0.99, category: 1)]);
        Assert.Equal(1, result.Map!.Value, 12);
    }

    /// <summary>A detection of 10 × h over an object of 10 × 10: IoU h / 10.</summary>
    [Theory]
    [InlineData(4.9, 0)]
    [InlineData(5, 1)]
    [InlineData(5.6, 2)]
    [InlineData(7.6, 6)]
    [InlineData(9.6, 10)]
    public void A_box_counts_at_the_thresholds_that_its_IoU_reaches(double height, int thresholds)
    {
        var result = CocoEvaluation.Evaluate(Set(1, 1, Object(Square(0, 0))), [Found(new CocoBox(0, 0, 10, height), 0.9)]);
        Assert.Equal(thresholds / 10.0, result.Map!.Value, 12);
        Assert.Equal(thresholds >= 1 ? 1 : 0, result.Map50!.Value, 12);
        Assert.Equal(thresholds >= 6 ? 1 : 0, result.Map75!.Value, 12);
    }

    [Fact]
    public void Precision_is_made_monotone_and_read_at_101_recalls()
    {
        // Right, wrong, right of two objects: precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1. Recalls 0 … 0.50 read 1, 0.51 … 1 read 2/3.
        var set = Set(1, 1, Object(Square(0, 0)), Object(Square(20, 0)));
        var result = CocoEvaluation.Evaluate(set, [Found(Square(0, 0), 0.9), Found(Square(60, 60), 0.8), Found(Square(20, 0), 0.7)]);
        Assert.Equal((51 + (50 * 2 / 3.0)) / 101, result.Map50!.Value, 12);
    }

    [Fact]
    public void An_object_that_is_not_found_costs_its_share_of_the_recall()
    {
        // Recall 1/2 is reached and no more: 51 of 101 points.
        var result = CocoEvaluation.Evaluate(Set(1, 1, Object(Square(0, 0)), Object(Square(20, 0))), [Found(Square(0, 0), 0.9)]);
        Assert.Equal(51 / 101.0, result.Map!.Value, 12);
    }

    [Fact]
    public void An_object_is_found_once()
    {
        var ranked = CocoEvaluation.Evaluate(Set(1, 1, Object(Square(0, 0))), [Found(Square(0, 0), 0.8), Found(Square(0, 0), 0.9)]).Categories[0].Ranked;
        Assert.Equal([(1, true), (0, false)], ranked.Select(static r => (r.Detection, r.IsTruePositive)));
    }

    [Fact]
    public void The_best_score_chooses_first_even_when_another_lies_better()
    {
        var set = Set(1, 1, Object(Square(0, 0)), Object(Square(2, 0)));
        // The first lies on the second object exactly; the second detection is left with the other object, IoU 8/12.
        var ranked = CocoEvaluation.Evaluate(set, [Found(Square(2, 0), 0.9), Found(Square(2, 0), 0.8)]).Categories[0].Ranked;
        Assert.Equal([1, 0], ranked.Select(static r => r.Truth));
    }

    [Fact]
    public void What_lies_in_a_crowd_counts_neither_for_nor_against()
    {
        var set = Set(1, 1, Object(Square(0, 0)), Object(new CocoBox(50, 50, 50, 50), crowd: true));
        var result = CocoEvaluation.Evaluate(set, [Found(Square(60, 60), 0.99), Found(Square(80, 80), 0.98), Found(Square(0, 0), 0.5)]);
        Assert.Equal(1, result.Map!.Value, 12);
        Assert.Equal(1, result.Categories[0].Count);
        Assert.Equal([true, true, false], result.Categories[0].Ranked.Select(static r => r.Ignored));
    }

    [Fact]
    public void A_detection_that_only_touches_a_crowd_is_a_false_alarm()
    {
        // 4 of 10 columns lie inside: 0.4 of the detection's own area.
        var set = Set(1, 1, Object(Square(0, 0)), Object(new CocoBox(50, 50, 50, 50), crowd: true));
        var ranked = CocoEvaluation.Evaluate(set, [Found(Square(44, 60), 0.9)]).Categories[0].Ranked;
        Assert.True(ranked[0].IsFalsePositive);
    }

    [Fact]
    public void An_object_in_a_crowd_is_preferred_to_the_crowd()
    {
        // The crowd comes first in the file and has the larger IoU (1 against 0.81).
        var set = Set(1, 1, Object(new CocoBox(0, 0, 100, 100), crowd: true), Object(Square(20, 20)));
        var ranked = CocoEvaluation.Evaluate(set, [Found(new CocoBox(20, 20, 9, 9), 0.9)]).Categories[0].Ranked;
        Assert.Equal((1, true), (ranked[0].Truth, ranked[0].IsTruePositive));
    }

    [Fact]
    public void The_hundredth_detection_of_a_picture_and_category_counts_and_the_next_does_not()
    {
        var noise = Enumerable.Range(0, 100).Select(i => Found(Square(50, 50), 0.9 - (i * 0.001)));
        var set = Set(1, 1, Object(Square(0, 0)));
        Assert.Equal(0, CocoEvaluation.Evaluate(set, [.. noise, Found(Square(0, 0), 0.5)]).Map);
        // Precision 1/100 at every recall.
        Assert.Equal(0.01, CocoEvaluation.Evaluate(set, [.. noise.Skip(1), Found(Square(0, 0), 0.5)]).Map!.Value, 12);
    }

    [Fact]
    public void Equal_scores_keep_the_order_of_the_pictures_ids_and_then_of_the_file()
    {
        var set = Set(2, 1, Object(Square(0, 0), image: 0), Object(Square(0, 0), image: 1));
        set = set with { Images = [set.Images[1], set.Images[0]] };
        var ranked = CocoEvaluation.Evaluate(set, [Found(Square(0, 0), 0.5), Found(Square(90, 0), 0.5), Found(Square(0, 0), 0.5, image: 1)]).Categories[0].Ranked;
        Assert.Equal([2, 0, 1], ranked.Select(static r => r.Detection));
    }

    [Fact]
    public void The_mean_is_over_categories_not_objects()
    {
        var set = Set(1, 2, Object(Square(0, 0)), Object(Square(20, 0)), Object(Square(40, 0)), Object(Square(0, 0), category: 1));
        Assert.Equal(0.5, CocoEvaluation.Evaluate(set, [Found(Square(0, 0), 0.9, category: 1)]).Map!.Value, 12);
    }

    [Fact]
    public void Figures_stay_between_0_and_1_and_fall_with_the_threshold() => Gen.Select(Sets, Detections).Sample((set, detections) =>
    {
        foreach (var category in CocoEvaluation.Evaluate(set, detections).Categories)
        {
            if (category.Ap is not { } ap) continue;
            Assert.InRange(ap, 0, category.Ap50!.Value + 1e-12);
            Assert.InRange(category.Ap75!.Value, 0, 1 + 1e-12);
            Assert.InRange(category.Ap50!.Value, 0, 1 + 1e-12);
            Assert.True(category.Ranked.Count(static r => r.IsTruePositive) <= category.Count);
        }
    }, iter: 500);

    [Fact]
    public void The_order_of_detections_does_not_matter_while_scores_differ() => Gen.Select(Sets, Detections).Sample((set, detections) =>
        Assert.Equal(CocoEvaluation.Evaluate(set, detections).Map, CocoEvaluation.Evaluate(set, [.. detections.Reverse()]).Map), iter: 300);

    [Fact]
    public void Stretching_pictures_changes_nothing() => Gen.Select(Sets, Detections).Sample((set, detections) =>
    {
        // Powers of two: no rounding.
        static CocoBox Stretch(CocoBox box) => new(box.X * 4, box.Y / 2, box.Width * 4, box.Height / 2);
        var stretched = CocoEvaluation.Evaluate(
            set with { Objects = [.. set.Objects.Select(static o => o with { Box = Stretch(o.Box) })] }, [.. detections.Select(static d => d with { Box = Stretch(d.Box) })]);
        Assert.Equal(CocoEvaluation.Evaluate(set, detections).Map, stretched.Map);
    }, iter: 300);
}
