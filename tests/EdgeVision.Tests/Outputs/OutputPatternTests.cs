using EdgeVision.Outputs;

namespace EdgeVision.Tests.Outputs;

public sealed class OutputPatternTests
{
    private static readonly OutputPattern Flashes = OutputPattern.Flashes(2, Ms(150), Ms(1500));

    public static TheoryData<string, int, bool, int> Rows => new()
    {
        { "level", 0, true, -1 },
        { "level", 1_000_000, true, -1 },
        { "pulse", 0, true, 300 },
        { "pulse", 299, true, 1 },
        { "pulse", 300, false, -1 },
        { "pulse", 600, false, -1 },
        { "blink", 0, true, 200 },
        { "blink", 199, true, 1 },
        { "blink", 200, false, 100 },
        { "blink", 299, false, 1 },
        { "blink", 300, true, 200 },
        { "blink", 3250, false, 50 },
        { "flashes", 0, true, 150 },
        { "flashes", 150, false, 150 },
        { "flashes", 300, true, 150 },
        { "flashes", 450, false, 1500 },
        { "flashes", 1949, false, 1 },
        { "flashes", 1950, true, 150 },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Level_and_next_change_at_a_time(string pattern, int at, bool level, int next)
    {
        var is_ = Pattern(pattern).At(Ms(at), out var until);
        Assert.Equal((level, next), (is_, (int)until.TotalMilliseconds));
    }

    [Fact]
    public void Lengths_of_nothing_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => OutputPattern.Pulse(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => OutputPattern.Blink(Ms(1), TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => OutputPattern.Flashes(0, Ms(1), Ms(1)));
    }

    private static OutputPattern Pattern(string name) => name switch
    {
        "pulse" => OutputPattern.Pulse(Ms(300)),
        "blink" => OutputPattern.Blink(Ms(200), Ms(100)),
        "flashes" => Flashes,
        _ => OutputPattern.Level,
    };

    private static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);
}
