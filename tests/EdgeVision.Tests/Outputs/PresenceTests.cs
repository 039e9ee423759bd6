using EdgeVision.Outputs;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Outputs;

public sealed class PresenceTests
{
    private readonly FakeTimeProvider _time = new();

    /// <summary>Frames as <c>time+</c> (seen) or <c>time-</c>, then the time at which somebody asks. Needed 500 ms, gap 300 ms, forgotten after 2,000 ms.</summary>
    public static TheoryData<string, string, int, bool> Rows => new()
    {
        { "nothing was ever seen", "", 0, false },
        { "one frame is no duration", "0+", 0, false },
        { "the clock alone makes nothing longer", "0+", 1500, false },
        { "long enough by capture time", "0+ 500+", 500, true },
        { "a millisecond short", "0+ 499+", 1999, false },
        { "two frames suffice, how many were dropped in between does not matter", "0+ 1900+", 1900, true },
        { "a miss within the gap changes nothing", "0+ 200- 300+ 500+", 500, true },
        { "a miss while it holds keeps it within the gap", "0+ 500+ 800-", 800, true },
        { "and ends it beyond", "0+ 500+ 801-", 801, false },
        { "misses longer than the gap begin it anew", "0+ 100- 400- 450+ 600+", 600, false },
        { "also when the miss itself came early", "0+ 100- 450+ 600+", 600, false },
        { "and it counts from there", "0+ 100- 450+ 950+", 950, true },
        { "frames that stop leave it on for a while", "0+ 500+", 2500, true },
        { "but not for ever", "0+ 500+", 2501, false },
        { "misses after which frames stop are forgotten the same", "0+ 500+ 700-", 2701, false },
        { "what was forgotten begins anew", "0+ 500+ 2501+", 2501, false },
        { "a frame from before the newest says nothing", "0+ 500+ 100-", 500, true },
        { "nor does an older sighting", "0- 500- 400+ 900+", 900, false },
        { "a clock that was far ahead begins anew", "5000+ 0+ 500+", 500, true },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void It_is_present(string situation, string frames, int askedAt, bool isPresent)
    {
        var presence = new Presence(Ms(500), Ms(300), Ms(2000), _time);
        foreach (var frame in frames.Split(' ', StringSplitOptions.RemoveEmptyEntries)) presence.Frame(frame[^1] == '+', At(int.Parse(frame[..^1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.True(presence.Holds(At(askedAt)) == isPresent, situation);
    }

    [Fact]
    public void Without_a_duration_the_first_frame_counts_and_without_a_gap_the_first_miss()
    {
        var presence = new Presence(TimeSpan.Zero, TimeSpan.Zero, Ms(2000), _time);
        presence.Frame(true, At(0));
        Assert.True(presence.Holds(At(0)));
        presence.Frame(false, At(40));
        Assert.False(presence.Holds(At(40)));
    }

    private long At(int ms) => ms * _time.TimestampFrequency / 1000;

    private static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);
}
