using EdgeVision.Configuration;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Rollout;

namespace EdgeVision.Tests.Rollout;

public sealed class RolloutJudgeTests
{
    private static readonly RolloutOptions Options = OptionsReader.Defaults(RolloutOptions.Read) with { Source = "x@1" };

    /// <summary>Name, frames, failures, objects and ms a frame of the new model beside 200 frames of 2 objects and 20 ms; the option that it offends, or nothing.</summary>
    public static TheoryData<string, int, int, int, int, string> Watched => new()
    {
        { "as the one before", 200, 0, 2, 20, "" },
        { "fails now and then", 200, 5, 2, 20, "" },
        { "fails often", 200, 40, 2, 20, "MaxFailures" },
        { "fails always", 0, 20, 0, 0, "MaxFailures" },
        { "too few frames to say", 0, 19, 0, 0, "" },
        { "twice as slow", 200, 0, 2, 40, "" },
        { "four times as slow", 200, 0, 2, 80, "MaxSlowdown" },
        { "blind", 200, 0, 0, 20, "MinDetections" },
        { "blind, but seen for too short", 99, 0, 0, 20, "" },
        { "sees half", 200, 0, 1, 20, "" },
    };

    [Theory]
    [MemberData(nameof(Watched))]
    public void A_model_is_taken_back_for_what_it_does(string name, int frames, int failures, int objects, int milliseconds, string offends)
    {
        Assert.NotEqual("", name);
        var verdict = RolloutJudge.WhyNot(Options, Tally(200, 0, 2, 20), Tally(frames, failures, objects, milliseconds));
        if (offends == "") Assert.Null(verdict);
        else Assert.Contains($"({offends})", verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_compared_with_a_model_that_hardly_looked_or_saw_nothing()
    {
        Assert.Null(RolloutJudge.WhyNot(Options, new ModelTally(), Tally(200, 0, 0, 500)));
        Assert.Null(RolloutJudge.WhyNot(Options, Tally(1000, 0, 0, 20), Tally(200, 0, 0, 20)));
        Assert.Null(RolloutJudge.WhyNot(Options with { MinDetections = 0, MaxSlowdown = 0 }, Tally(200, 0, 2, 20), Tally(200, 0, 0, 2000)));
        Assert.Contains("(MaxLatencyMs)", RolloutJudge.WhyNot(Options with { MaxLatency = TimeSpan.FromMilliseconds(30) }, new ModelTally(), Tally(200, 0, 2, 40)), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_models_agree_on_boxes_of_one_label_that_overlap_by_half()
    {
        var seen = new Disagreement();
        string[] first = ["person", "car"], second = ["car", "person"];
        seen.Count(
            [new(0, 0.9f, new Box(0, 0, 100, 100)), new(1, 0.8f, new Box(200, 0, 300, 100)), new(0, 0.7f, new Box(0, 200, 50, 300))], first, TimeSpan.FromMilliseconds(10),
            [new(1, 0.5f, new Box(10, 0, 110, 100)), new(1, 0.4f, new Box(200, 0, 300, 100))], second, TimeSpan.FromMilliseconds(30));

        Assert.Equal((1, 2, 1), (seen.Both, seen.OnlyFirst, seen.OnlySecond));
        Assert.Equal(0.25, seen.Agreement);
        Assert.True(seen.Inference.First < seen.Inference.Second);
        Assert.Null(RolloutJudge.WhyNot(Options, seen));
        Assert.Contains("(MinAgreement)", RolloutJudge.WhyNot(Options with { MinAgreement = 0.5 }, seen), StringComparison.Ordinal);
        for (var i = 0; i < 20; i++) seen.CountFailure();
        Assert.Contains("(MaxFailures)", RolloutJudge.WhyNot(Options, seen), StringComparison.Ordinal);
    }

    [Fact]
    public void One_object_is_the_match_of_one_only_and_nothing_at_all_is_full_agreement()
    {
        var seen = new Disagreement();
        Assert.Equal(1, seen.Agreement);
        Detection one = new(0, 0.9f, new Box(0, 0, 100, 100));
        seen.Count([one, one], ["person"], default, [one], ["person"], default);
        Assert.Equal((1, 1, 0), (seen.Both, seen.OnlyFirst, seen.OnlySecond));
    }

    private static ModelTally Tally(int frames, int failures, int objects, int milliseconds)
    {
        var tally = new ModelTally();
        for (var i = 0; i < frames; i++) tally.Count(DetectionStatus.Ok, objects, TimeSpan.FromMilliseconds(milliseconds));
        for (var i = 0; i < failures; i++) tally.Count(DetectionStatus.Failed, 0, default);
        tally.Count(DetectionStatus.UnsupportedFrame, 0, default);
        return tally;
    }
}
