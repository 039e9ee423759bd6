using EdgeVision.Events;
using EdgeVision.Inference;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Events;

public sealed class FrameSamplerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_first_frame_is_told_even_when_it_is_empty() => Assert.True(Wants(Sampler(FrameSampling.Change)));

    [Fact]
    public void Change_tells_a_new_count_at_once_and_the_same_count_after_the_interval()
    {
        var sampler = Sampler(FrameSampling.Change);
        var (person, car) = (Some.Detection(0), Some.Detection(2));

        Assert.True(Wants(sampler, person));
        Assert.False(After(100, sampler, Some.Detection(0, left: 99)));
        Assert.True(After(100, sampler, person, person));
        Assert.True(After(100, sampler, person, car));
        Assert.False(After(999, sampler, car, person));
        Assert.True(After(1, sampler, car, person));
    }

    [Fact]
    public void Interval_tells_at_most_once_an_interval()
    {
        var sampler = Sampler(FrameSampling.Interval);

        Assert.True(Wants(sampler));
        Assert.False(After(999, sampler, Some.Detection()));
        Assert.True(After(1, sampler, Some.Detection()));
    }

    [Fact]
    public void Every_tells_every_frame()
    {
        var sampler = Sampler(FrameSampling.Every);

        Assert.True(Wants(sampler));
        Assert.True(Wants(sampler));
    }

    private FrameSampler Sampler(FrameSampling sampling) =>
        new(new FrameSamplerOptions { Sampling = sampling, Interval = TimeSpan.FromSeconds(1) }, labels: 3, _time);

    private bool After(int milliseconds, FrameSampler sampler, params ReadOnlySpan<Detection> detections)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return Wants(sampler, detections);
    }

    private bool Wants(FrameSampler sampler, params ReadOnlySpan<Detection> detections) => sampler.Wants(detections, _time.GetTimestamp());
}
