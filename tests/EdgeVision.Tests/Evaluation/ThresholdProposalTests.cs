using EdgeVision.Evaluation;
using static EdgeVision.Tests.Evaluation.Made;

namespace EdgeVision.Tests.Evaluation;

public sealed class ThresholdProposalTests
{
    /// <summary>As many objects of category 0 as asked for, each found with confidence 0.6; false alarms at 0.4.</summary>
    private static (AnnotatedSet Set, ScoredDetection[] Detections) Clean(int objects)
    {
        var set = Set(objects, 2, [.. Enumerable.Range(0, objects).Select(static i => Object(Square(0, 0), image: i))]);
        return (set, [.. Enumerable.Range(0, objects).SelectMany(static i => (ScoredDetection[])[Found(Square(0, 0), 0.6, i), Found(Square(50, 50), 0.4, i)])]);
    }

    [Fact]
    public void The_best_threshold_lies_in_the_middle_between_false_alarms_and_objects()
    {
        var (set, detections) = Clean(30);
        var proposal = ThresholdProposal.Propose(CocoEvaluation.Evaluate(set, detections));
        Assert.Equal((0.5, 1.0, 1.0, 1.0), Figures(proposal.Global!.Value));
        Assert.Equal(proposal.Global, proposal.Own(0));
        Assert.Equal(99, proposal.Curve.Points.Count);
    }

    [Theory]
    [InlineData(ThresholdProposal.LeastObjects - 1, false)]
    [InlineData(ThresholdProposal.LeastObjects, true)]
    public void A_class_with_few_objects_takes_the_global_threshold(int objects, bool own)
    {
        var (set, detections) = Clean(objects);
        var proposal = ThresholdProposal.Propose(CocoEvaluation.Evaluate(set, detections));
        Assert.Equal(own, proposal.Own(0) is not null);
        Assert.Equal(0.5, proposal.Of(0));
        Assert.Equal(0.5, proposal.Of(1));
    }

    [Fact]
    public void Precision_and_recall_of_a_threshold_are_those_of_what_is_reported()
    {
        // 4 objects; reported at 0.5: three right, one wrong.
        var set = Set(4, 1, [.. Enumerable.Range(0, 4).Select(static i => Object(Square(0, 0), image: i))]);
        ScoredDetection[] detections = [Found(Square(0, 0), 0.9), Found(Square(0, 0), 0.8, 1), Found(Square(50, 0), 0.7, 2), Found(Square(0, 0), 0.5, 2), Found(Square(50, 0), 0.49, 3)];
        var point = F1Curve.Of(CocoEvaluation.Evaluate(set, detections).Categories[0]).Points.Single(static p => p.Threshold == 0.5);
        Assert.Equal((0.5, 0.75, 0.75, 0.75), Figures(point));
    }

    [Fact]
    public void What_lies_in_a_crowd_does_not_move_the_threshold()
    {
        var set = Set(1, 1, Object(Square(0, 0)), Object(new CocoBox(50, 50, 50, 50), crowd: true));
        var best = F1Curve.Of(CocoEvaluation.Evaluate(set, [Found(Square(0, 0), 0.3), Found(Square(60, 60), 0.9)])).Best!.Value;
        Assert.Equal(1, best.F1);
        Assert.InRange(best.Threshold, 0.01, 0.3);
    }

    [Fact]
    public void Where_nothing_is_right_nothing_is_proposed()
    {
        var proposal = ThresholdProposal.Propose(CocoEvaluation.Evaluate(Set(1, 1, Object(Square(0, 0))), [Found(Square(50, 50), 0.9)]));
        Assert.Null(proposal.Global);
        Assert.Null(proposal.Of(0));
    }

    private static (double, double, double, double) Figures(F1Point point) => (point.Threshold, point.Precision, point.Recall, point.F1);
}
