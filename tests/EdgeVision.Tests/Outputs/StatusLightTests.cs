using EdgeVision.Outputs;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Outputs;

public sealed class StatusLightTests
{
    private readonly FakeTimeProvider _time = new();

    /// <summary>Two cameras by a letter each: opens, runs, lost, ended, broken pictures (x). Then whether the link and a line fail.</summary>
    public static TheoryData<string, bool, bool, NodeStatus> Rows => new()
    {
        { "rr", false, false, NodeStatus.Ok },
        { "re", false, false, NodeStatus.Ok },
        { "ee", false, false, NodeStatus.Ok },
        { "rl", false, false, NodeStatus.Degraded },
        { "ro", false, false, NodeStatus.Degraded },
        { "rx", false, false, NodeStatus.Degraded },
        { "rr", false, true, NodeStatus.Degraded },
        { "rr", true, false, NodeStatus.NoLink },
        { "rl", true, true, NodeStatus.NoLink },
        { "oo", false, false, NodeStatus.NoCamera },
        { "ll", false, false, NodeStatus.NoCamera },
        { "xx", false, false, NodeStatus.NoCamera },
        { "el", false, false, NodeStatus.NoCamera },
        { "lo", true, true, NodeStatus.NoCamera },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Status_of_a_node(string cameras, bool linkFails, bool linesFail, NodeStatus expected)
    {
        var telemetry = cameras.Select((_, i) => new CameraTelemetry($"camera{i}")).ToList();
        var light = new StatusLight(telemetry, () => linkFails, () => linesFail, _time);
        for (var second = 0; second < 10; second++)
        {
            for (var i = 0; i < cameras.Length; i++) Act(telemetry[i], cameras[i]);
            light.Look(_time.GetTimestamp());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(expected, light.Look(_time.GetTimestamp()));
    }

    [Fact]
    public void Every_status_has_a_pattern_of_its_own_and_none_is_dark()
    {
        var patterns = Enum.GetValues<NodeStatus>().Select(StatusLight.PatternOf).ToList();
        Assert.Equal(patterns.Count, patterns.Distinct().Count());
        Assert.All(patterns, p => Assert.True(p.At(TimeSpan.Zero, out _)));
    }

    /// <summary>As the documentation describes them: number of flashes and length of a round.</summary>
    [Theory]
    [InlineData(NodeStatus.Degraded, 1, 2000)]
    [InlineData(NodeStatus.NoCamera, 2, 1950)]
    [InlineData(NodeStatus.NoLink, 3, 2250)]
    public void Flashes_of_a_status(NodeStatus status, int flashes, int round)
    {
        var pattern = StatusLight.PatternOf(status);
        var (count, at) = (0, TimeSpan.Zero);
        while (at < pattern.Cycle)
        {
            if (pattern.At(at, out var next)) count++;
            at += next;
        }

        Assert.Equal((flashes, round), (count, (int)pattern.Cycle.TotalMilliseconds));
    }

    private void Act(CameraTelemetry camera, char what)
    {
        if (what is 'r' or 'x') camera.Runs();
        if (what is 'x') camera.CountSkipped();
        if (what is 'l') camera.Lost(TimeSpan.FromSeconds(1), _time);
        if (what is 'e') camera.Ended();
    }
}
