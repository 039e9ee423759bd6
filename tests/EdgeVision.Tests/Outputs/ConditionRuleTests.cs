using EdgeVision.Outputs;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Outputs;

public sealed class ConditionRuleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CameraTelemetry _door = new("door");
    private readonly CameraTelemetry _yard = new("yard");

    [Fact]
    public void A_lost_camera_is_wanted_after_its_time_and_until_a_frame_is_back()
    {
        var rule = Rule("""{ "When": "camera-lost", "ForMs": 1000 }""");
        Run(_door, _yard);
        Assert.False(Now(rule));
        _yard.Lost(TimeSpan.FromSeconds(1), _time);
        Assert.False(Now(rule));
        Assert.False(After(999, rule));
        _yard.Lost(TimeSpan.FromSeconds(2), _time);     // tried again, and still lost: the same episode
        Assert.True(After(1, rule));
        Run(_yard);
        Assert.False(Now(rule));
        _yard.Lost(TimeSpan.FromSeconds(1), _time);
        Assert.False(Now(rule));
    }

    [Fact]
    public void A_camera_that_opens_or_has_ended_is_not_lost()
    {
        var rule = Rule("""{ "When": "camera-lost" }""");
        Assert.False(Now(rule));
        _door.Ended();
        Assert.False(Now(rule));
        _yard.Lost(TimeSpan.FromSeconds(1), _time);
        Assert.True(Now(rule));
    }

    [Fact]
    public void Healthy_is_when_every_camera_gives_frames_that_can_be_used()
    {
        var rule = Rule("""{ "When": "healthy", "ForgetAfterMs": 2000 }""");
        Assert.False(Now(rule));
        Run(_door);
        Assert.False(Now(rule));
        Run(_yard);
        Assert.True(Now(rule));
        Run(_door);
        Assert.True(After(2000, rule));
        Assert.False(After(1, rule));     // the yard's newest is too old
        Run(_yard);
        Assert.True(Now(rule));
        _door.Lost(TimeSpan.FromSeconds(1), _time);
        Assert.False(Now(rule));
    }

    [Fact]
    public void Frames_that_cannot_be_used_are_not_healthy_though_one_is_always_in_hand()
    {
        var rule = Rule("""{ "When": "healthy", "ForgetAfterMs": 1000 }""");
        Run(_door, _yard);
        Assert.True(Now(rule));
        for (var i = 0; i < 20; i++)
        {
            Run(_door, _yard);
            _time.Advance(TimeSpan.FromMilliseconds(100));
            Now(rule);
            _door.CountSkipped();
        }

        Run(_yard);
        Assert.False(Now(rule));
    }

    [Fact]
    public void A_closed_gate_is_healthy()
    {
        var rule = Rule("""{ "When": "healthy", "ForgetAfterMs": 1000 }""");
        for (var i = 0; i < 20; i++)
        {
            Run(_door, _yard);
            _door.MeetGate(isClosed: true);
            Assert.True(After(100, rule));
        }
    }

    private bool After(int milliseconds, ConditionRule rule)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return Now(rule);
    }

    private bool Now(ConditionRule rule) => rule.IsWanted(_time.GetTimestamp());

    private ConditionRule Rule(string json)
    {
        _time.Advance(TimeSpan.FromSeconds(10));     // no test begins at zero, as no machine does
        return new ConditionRule(Wanted.Rule(json), [_door, _yard], _time);
    }

    private static void Run(params ReadOnlySpan<CameraTelemetry> cameras)
    {
        foreach (var camera in cameras) camera.Runs();
    }
}
