using CsCheck;
using EdgeVision.Evaluation;
using static EdgeVision.Tests.Evaluation.Made;

namespace EdgeVision.Tests.Evaluation;

public sealed class MistakesTests
{
    [Fact]
    public void An_object_that_nothing_lies_on_is_missed()
    {
        var mistake = Assert.Single(Find(Set(1, 1, Object(Square(0, 0))), []));
        Assert.Equal(new Mistake(MistakeKind.Missed, 0, 0, null, 0, 0.01), mistake);
    }

    [Fact]
    public void A_detection_where_nothing_is_is_a_false_alarm() =>
        Assert.Equal(new Mistake(MistakeKind.FalseAlarm, 0, null, 0, 0, 0.9), Assert.Single(Find(Set(1, 1), [Found(Square(50, 50), 0.9)])));

    [Fact]
    public void An_object_called_something_else_is_told_once()
    {
        var mistake = Assert.Single(Find(Set(1, 2, Object(Square(0, 0))), [Found(Square(0, 0), 0.9, category: 1)]));
        Assert.Equal((MistakeKind.WrongClass, 0, 0), (mistake.Kind, mistake.Truth, mistake.Detection));
    }

    [Fact]
    public void An_object_with_too_little_overlap_is_told_once()
    {
        var mistake = Assert.Single(Find(Set(1, 1, Object(Square(0, 0))), [Found(Square(6, 0), 0.9)]));
        Assert.Equal((MistakeKind.BadlyPlaced, 0, 0), (mistake.Kind, mistake.Truth, mistake.Detection));
        Assert.Equal(0.25, mistake.Iou);
    }

    [Fact]
    public void A_second_detection_of_an_object_is_told_as_that()
    {
        var mistake = Assert.Single(Find(Set(1, 1, Object(Square(0, 0))), [Found(Square(0, 0), 0.9), Found(Square(0, 1), 0.8)]));
        Assert.Equal((MistakeKind.Duplicate, 1), (mistake.Kind, mistake.Detection));
    }

    [Fact]
    public void What_is_found_below_its_threshold_is_missed()
    {
        var set = Set(1, 1, Object(Square(0, 0)));
        var mistake = Assert.Single(Find(set, [Found(Square(0, 0), 0.3), Found(Square(50, 50), 0.3)], threshold: 0.5));
        Assert.Equal(MistakeKind.Missed, mistake.Kind);
    }

    [Fact]
    public void Crowds_are_neither_missed_nor_places_of_false_alarms() =>
        Assert.Empty(Find(Set(1, 2, Object(new CocoBox(0, 0, 50, 50), crowd: true)), [Found(Square(0, 0), 0.9), Found(Square(20, 20), 0.9, category: 1)]));

    [Fact]
    public void The_worst_are_of_all_kinds_and_of_different_pictures()
    {
        var set = Set(6, 1, [.. Enumerable.Range(0, 5).Select(static i => Object(Square(0, 0, 10 + i), image: i))]);
        var mistakes = Find(set, [.. Enumerable.Range(0, 6).Select(static i => Found(Square(50, 50), 0.5 + (i * 0.01), image: i))]);
        var worst = Mistakes.Worst(mistakes, 4);
        Assert.Equal([MistakeKind.Missed, MistakeKind.Missed, MistakeKind.FalseAlarm, MistakeKind.FalseAlarm], worst.Select(static m => m.Kind));
        Assert.Equal(4, worst.Select(static m => m.Image).Distinct().Count());
        Assert.Equal((4, 5), (worst[0].Image, worst[2].Image));
        Assert.Equal(mistakes.Count, Mistakes.Worst(mistakes, 1000).Count);
    }

    [Fact]
    public void Every_false_positive_is_told_and_every_missed_object_at_most_once() => Gen.Select(Sets, Detections).Sample((set, detections) =>
    {
        var result = CocoEvaluation.Evaluate(set, detections);
        var mistakes = Mistakes.Find(set, detections, result, static _ => 0.2);
        var wrong = result.Categories.SelectMany(static c => c.Ranked).Where(static r => r.IsFalsePositive && r.Confidence >= 0.2).Select(static r => r.Detection).ToHashSet();
        Assert.True(wrong.IsSupersetOf(mistakes.Where(static m => m.Detection is not null).Select(static m => m.Detection!.Value)));
        var missed = mistakes.Where(static m => m.Kind == MistakeKind.Missed).ToArray();
        Assert.Equal(missed.Length, missed.Select(static m => m.Truth).Distinct().Count());
        Assert.All(missed, m => Assert.False(set.Objects[m.Truth!.Value].Crowd));
    }, iter: 300);

    private static IReadOnlyList<Mistake> Find(AnnotatedSet set, ScoredDetection[] detections, double threshold = 0) =>
        Mistakes.Find(set, detections, CocoEvaluation.Evaluate(set, detections), _ => threshold);
}
