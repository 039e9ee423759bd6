using EdgeVision.Configuration;
using EdgeVision.Fallback;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Fallback;

public sealed class FallbackPolicyTests
{
    private static readonly string[] Labels = ["person", "car"];

    private readonly FakeTimeProvider _time = new();
    private readonly FallbackTelemetry _telemetry = new();
    private readonly FallbackPolicy _policy;
    private FallbackOptions _options = OptionsReader.Defaults(FallbackOptions.Read) with { UncertainFrom = 0.3f, UncertainTo = 0.5f, MinimumGap = TimeSpan.Zero };
    private double _lot = 1;

    public FallbackPolicyTests() => _policy = new FallbackPolicy(_time, () => _lot, _telemetry);

    /// <summary>Row, confidences of a person and a car, reason, index of the subject.</summary>
    public static TheoryData<string, float, float, FallbackReason, int> Reasons => new()
    {
        { "both are sure", 0.9f, 0.8f, FallbackReason.Class, 1 },
        { "one is in the band", 0.9f, 0.4f, FallbackReason.Uncertain, 1 },
        { "at the lower edge", 0.3f, 0.1f, FallbackReason.Uncertain, 0 },
        { "at the upper edge", 0.5f, 0.1f, FallbackReason.Class, 1 },
        { "below the band", 0.2f, 0.1f, FallbackReason.Class, 1 },
    };

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_frame_is_worth_asking_for_its_doubts_and_its_classes(string row, float person, float car, FallbackReason reason, int subject)
    {
        Assert.NotEmpty(row);
        _options = _options with { Classes = ["Car"] };
        Assert.Equal(reason, Decide(out var about, new Detection(0, person, default), new Detection(1, car, default)));
        Assert.Equal(subject, about);
    }

    [Fact]
    public void Sure_frames_are_asked_about_by_lot_and_empty_ones_never()
    {
        _options = _options with { AuditShare = 0.1 };
        Assert.Equal(FallbackReason.None, Decide(out _, new Detection(0, 0.9f, default)));
        _lot = 0.05;
        Assert.Equal(FallbackReason.Audit, Decide(out var about, new Detection(0, 0.9f, default)));
        Assert.Equal(-1, about);
        Assert.Equal(FallbackReason.None, Decide(out _));
    }

    [Fact]
    public void The_budget_of_calls_is_kept_to_the_call_in_any_hour()
    {
        _options = _options with { CallsPerHour = 10 };
        var (asked, random) = (new List<DateTimeOffset>(), new Random(3));
        for (var i = 0; i < 5000; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(random.Next(1, 60)));
            if (Decide(out _, new Detection(0, 0.4f, default)) is FallbackReason.Uncertain && _policy.TrySpend(_options, "door", FallbackReason.Uncertain, 100)) asked.Add(_time.GetUtcNow());
        }

        for (var i = 10; i < asked.Count; i++) Assert.True(asked[i] - asked[i - 10] >= TimeSpan.FromHours(1));
        // And none is given away: whenever the hour has room, the next doubt is asked.
        Assert.InRange(asked.Count, 10 * 40, 10 * 45);
        Assert.Equal(asked.Count, _telemetry.Asked(FallbackReason.Uncertain));
        Assert.Equal(5000 - asked.Count, _telemetry.HeldBack(FallbackLimit.Calls));
    }

    [Fact]
    public void The_budget_of_bytes_is_kept_in_any_day_and_comes_back()
    {
        _options = _options with { CallsPerHour = 1000, BytesPerDay = 250 };
        Assert.True(_policy.TrySpend(_options, "door", FallbackReason.Class, 100));
        Assert.True(_policy.TrySpend(_options, "door", FallbackReason.Class, 100));
        Assert.False(_policy.TrySpend(_options, "door", FallbackReason.Class, 51));
        Assert.True(_policy.TrySpend(_options, "door", FallbackReason.Class, 50));
        Assert.Equal(FallbackReason.None, Decide(out _, new Detection(0, 0.4f, default)));
        Assert.Equal((250, 2), (_telemetry.Bytes, _telemetry.HeldBack(FallbackLimit.Bytes)));
        _time.Advance(TimeSpan.FromHours(24));
        Assert.Equal(FallbackReason.Uncertain, Decide(out _, new Detection(0, 0.4f, default)));
        Assert.True(_policy.TrySpend(_options, "door", FallbackReason.Class, 250));
    }

    [Fact]
    public void The_gap_is_each_camera_s_own()
    {
        _options = _options with { MinimumGap = TimeSpan.FromSeconds(2) };
        Assert.True(_policy.TrySpend(_options, "door", FallbackReason.Class, 1));
        Assert.Equal(FallbackReason.None, Decide(out _, new Detection(0, 0.4f, default)));
        Assert.Equal(FallbackReason.Uncertain, _policy.Decide(_options, "yard", [new Detection(0, 0.4f, default)], Labels, out _));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(FallbackReason.Uncertain, Decide(out _, new Detection(0, 0.4f, default)));
        Assert.Equal(1, _telemetry.HeldBack(FallbackLimit.Gap));
    }

    private FallbackReason Decide(out int subject, params Detection[] found) => _policy.Decide(_options, "door", found, Labels, out subject);
}
