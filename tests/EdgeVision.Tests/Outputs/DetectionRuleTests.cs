using EdgeVision.Inference;
using EdgeVision.Outputs;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Outputs;

public sealed class DetectionRuleTests
{
    private readonly FakeTimeProvider _time = new();

    public static TheoryData<string, string, Detection[], bool> Rows => new()
    {
        { "anything of an empty list of classes", """{ "When": "detected" }""", [Some.Detection(2)], true },
        { "nothing", """{ "When": "detected" }""", [], false },
        { "a class that counts", """{ "When": "detected", "Classes": ["Car"] }""", [Some.Detection(2)], true },
        { "a class that does not", """{ "When": "detected", "Classes": ["car"] }""", [Some.Detection(0)], false },
        { "one of several classes", """{ "When": "detected", "Classes": ["car", "person"] }""", [Some.Detection(0)], true },
        { "enough of several classes together", """{ "When": "detected", "Classes": ["car", "person"], "Count": 2 }""", [Some.Detection(0), Some.Detection(1), Some.Detection(2)], true },
        { "too few that count", """{ "When": "detected", "Classes": ["person"], "Count": 2 }""", [Some.Detection(0), Some.Detection(2)], false },
        { "sure enough", """{ "When": "detected", "MinConfidence": 0.5 }""", [Some.Detection(0, 0.5f)], true },
        { "not sure enough", """{ "When": "detected", "MinConfidence": 0.5 }""", [Some.Detection(0, 0.49f)], false },
        { "too few that are sure", """{ "When": "detected", "MinConfidence": 0.5, "Count": 2 }""", [Some.Detection(0, 0.9f), Some.Detection(0, 0.4f)], false },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void One_frame_is_enough_or_not(string situation, string json, Detection[] detections, bool isWanted)
    {
        var rule = Rule(json, cameras: 1);
        rule.See(0, detections, _time.GetTimestamp());
        Assert.True(rule.IsWanted(_time.GetTimestamp()) == isWanted, situation);
    }

    [Fact]
    public void Objects_of_several_cameras_are_not_added_up_and_one_camera_is_enough()
    {
        var rule = Rule("""{ "When": "detected", "Count": 2, "GapMs": 0 }""", cameras: 2);
        rule.See(0, [Some.Detection()], _time.GetTimestamp());
        rule.See(1, [Some.Detection()], _time.GetTimestamp());
        Assert.False(rule.IsWanted(_time.GetTimestamp()));

        rule.See(1, [Some.Detection(), Some.Detection()], _time.GetTimestamp());
        rule.See(0, [], _time.GetTimestamp());
        Assert.True(rule.IsWanted(_time.GetTimestamp()));
    }

    [Fact]
    public void What_no_further_frame_vouches_for_is_forgotten()
    {
        var rule = Rule("""{ "When": "detected", "ForgetAfterMs": 1000 }""", cameras: 1);
        rule.See(0, [Some.Detection()], _time.GetTimestamp());
        _time.Advance(TimeSpan.FromMilliseconds(1000));
        Assert.True(rule.IsWanted(_time.GetTimestamp()));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(rule.IsWanted(_time.GetTimestamp()));
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        var rule = Rule("""{ "When": "detected", "Classes": ["car"] }""", cameras: 1);
        Detection[] detections = [Some.Detection(0), Some.Detection(2)];
        See();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) See();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500);     // an allocation that happens once is not a frame's

        void See()
        {
            rule.See(0, detections, _time.GetTimestamp());
            Assert.True(rule.IsWanted(_time.GetTimestamp()));
        }
    }

    private DetectionRule Rule(string json, int cameras) => new(Wanted.Rule(json), cameras, Some.Model.Labels, _time);
}
