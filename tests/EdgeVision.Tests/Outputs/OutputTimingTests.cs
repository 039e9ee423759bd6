using CsCheck;
using EdgeVision.Outputs;

namespace EdgeVision.Tests.Outputs;

public sealed class OutputTimingTests
{
    /// <summary>Script: <c>time+</c> wanted, <c>time-</c> not, <c>time!N</c> a command of N ms, <c>timex</c> the line is lost; then the changes of the line until 10 s.</summary>
    public static TheoryData<string, string, int, int, string, string> Rows => new()
    {
        { "level follows the rule", "level", 0, 0, "100+ 350-", "on@100 off@350" },
        { "shortest time on holds", "level", 500, 0, "100+ 200-", "on@100 off@600" },
        { "shortest time on is no more than that", "level", 500, 0, "100+ 900-", "on@100 off@900" },
        { "wanted again within the shortest time on", "level", 500, 0, "100+ 200- 300+ 700-", "on@100 off@700" },
        { "shortest time off holds from the beginning", "level", 0, 1000, "100+ 1500-", "on@1000 off@1500" },
        { "shortest time off delays what is still wanted", "level", 0, 1000, "1000+ 1200- 1300+ 2500-", "on@1000 off@1200 on@2200 off@2500" },
        { "and forgets what is not", "level", 0, 1000, "1000+ 1200- 1300+ 1400-", "on@1000 off@1200" },
        { "pulse is given once", "pulse", 0, 0, "100+ 5000-", "on@100 off@400" },
        { "pulse is given in full", "pulse", 0, 0, "100+ 150-", "on@100 off@400" },
        { "pulse ignores what comes meanwhile", "pulse", 0, 0, "100+ 150- 300+ 5000-", "on@100 off@400" },
        { "pulse is given again after its end", "pulse", 0, 0, "100+ 150- 500+", "on@100 off@400 on@500 off@800" },
        { "extended pulse begins its length anew", "extend", 0, 0, "100+ 150- 300+ 5000-", "on@100 off@600" },
        { "a pulse that had to wait comes while it is wanted", "pulse", 0, 1000, "100+ 1500-", "on@1000 off@1300" },
        { "and never when its reason is gone", "pulse", 0, 1000, "100+ 200-", "" },
        { "blink goes on and off and ends at once", "blink", 0, 0, "0+ 650-", "on@0 off@200 on@300 off@500 on@600 off@650" },
        { "blink for the shortest time on", "blink", 700, 0, "0+ 100-", "on@0 off@200 on@300 off@500 on@600 off@700" },
        { "shortest time off is between activations, not between blinks", "blink", 0, 1000, "1000+ 1350- 1400+ 2500-", "on@1000 off@1200 on@1300 off@1350 on@2350 off@2500" },
        { "command switches by itself", "level", 0, 0, "100!50", "on@100 off@150" },
        { "command is no shorter than the shortest time on", "level", 200, 0, "100!50", "on@100 off@300" },
        { "command waits for the shortest time off", "level", 0, 1000, "100!50", "on@1000 off@1050" },
        { "command within what is on makes it no shorter", "level", 0, 0, "100+ 200!50 1000-", "on@100 off@1000" },
        { "command outlasts the rule", "level", 0, 0, "100+ 200!500 300-", "on@100 off@700" },
        { "a shorter command does not cut a longer one", "level", 0, 0, "100!500 200!50", "on@100 off@600" },
        { "command is steady over a blink, which goes on in its time", "blink", 0, 0, "0+ 150!300 650-", "on@0 off@500 on@600 off@650" },
        { "a lost line begins the shortest time off", "level", 0, 1000, "1000+ 1200x 5000-", "on@1000 off@1200 on@2200 off@5000" },
        { "a pulse on a lost line is not given again", "pulse", 0, 0, "100+ 200x", "on@100 off@200" },
        { "nor is a command", "level", 0, 1000, "100!50 200x", "" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Line_changes(string situation, string pattern, int minimumOn, int minimumOff, string script, string expected)
    {
        var changes = Play(Pattern(pattern), minimumOn, minimumOff, Parse(script), until: 10_000);
        Assert.True(expected == Show(changes), $"{situation}: {Show(changes)}");
    }

    [Fact]
    public void Another_pattern_takes_over_at_once_and_nothing_wanted_needs_no_further_asking()
    {
        var timing = new OutputTiming(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        timing.Want(Pattern("blink"), Ms(0));
        Assert.True(timing.LevelAt(Ms(0), out _));
        Assert.False(timing.LevelAt(Ms(250), out _));
        timing.Want(OutputPattern.Level, Ms(250));
        Assert.True(timing.LevelAt(Ms(250), out var next));
        Assert.Equal(Timeout.InfiniteTimeSpan, next);
        timing.Want(null, Ms(260));
        Assert.False(timing.LevelAt(Ms(260), out next));
        Assert.Equal(Timeout.InfiniteTimeSpan, next);
    }

    [Fact]
    public void Shortest_times_are_never_violated_whatever_is_wanted_and_however_late_the_timer_is()
    {
        var steps = Gen.Select(Gen.Int[1, 400], Gen.Int[0, 9]).Array[1, 60];
        Gen.Select(steps, Gen.Int[0, 800], Gen.Int[0, 800], Gen.Int[0, 2].Select(i => i == 0 ? "level" : i == 1 ? "pulse" : "extend"), Gen.Int[0, 50]).Sample((script, on, off, name, lateness) =>
        {
            var now = 0;
            var commands = script.Select(step => (now += step.Item1, step.Item2 switch { < 4 => "+", < 8 => "-", 8 => "!70", _ => "x" })).ToList();
            var changes = Play(Pattern(name), on, off, commands, until: now + 5000, lateness);
            Assert.False(changes.Count > 0 && !changes[0].Level, "It begins with on.");
            for (var i = 0; i < changes.Count; i++)
            {
                var since = changes[i].At - (i == 0 ? 0 : changes[i - 1].At);
                if (changes[i].Level) Assert.True(since >= off, $"Off for {since} of {off} ms before {i}: {Show(changes)}");
                else if (!commands.Contains((changes[i].At, "x"))) Assert.True(since >= (name == "level" ? on : Math.Min(300, Math.Max(70, on))), $"On for {since} of at least {on} ms before {i}: {Show(changes)}");
            }

            if (!commands.Exists(c => c.Item2 is "+")) Assert.True(changes.Count <= 2 * commands.Count(c => c.Item2.StartsWith('!')));
        }, iter: 3000);
    }

    /// <summary>As a driver does: asks when something is said, and when it was told to ask again.</summary>
    private static List<(int At, bool Level)> Play(OutputPattern pattern, int minimumOn, int minimumOff, List<(int At, string What)> script, int until, int lateness = 0)
    {
        var timing = new OutputTiming(Ms(minimumOn), Ms(minimumOff), Ms(0));
        var changes = new List<(int At, bool Level)>();
        var (line, i, now, timer) = (false, 0, 0, int.MaxValue);
        while (true)
        {
            var said = i < script.Count ? script[i].At : int.MaxValue;
            now = Math.Max(now, Math.Min(said, timer));
            if (now > until) return changes;
            if (said <= now) Say(timing, pattern, script[i++].What, now);
            var level = timing.LevelAt(Ms(now), out var next);
            if (level != line) changes.Add((now, line = level));
            timer = next == Timeout.InfiniteTimeSpan ? int.MaxValue : now + Math.Max(1, (int)next.TotalMilliseconds) + lateness;
            Assert.True(next == Timeout.InfiniteTimeSpan || next >= TimeSpan.Zero);
        }
    }

    private static void Say(OutputTiming timing, OutputPattern pattern, string what, int now)
    {
        if (what[0] == '!') timing.Command(Ms(int.Parse(what[1..], System.Globalization.CultureInfo.InvariantCulture)));
        else if (what[0] == 'x') timing.Interrupt(Ms(now));
        else timing.Want(what[0] == '+' ? pattern : null, Ms(now));
    }

    private static List<(int At, string What)> Parse(string script) => [.. script.Split(' ').Select(step =>
    {
        var digits = step.TakeWhile(char.IsDigit).Count();
        return (int.Parse(step[..digits], System.Globalization.CultureInfo.InvariantCulture), step[digits..]);
    })];

    private static string Show(List<(int At, bool Level)> changes) => string.Join(' ', changes.Select(c => $"{(c.Level ? "on" : "off")}@{c.At}"));

    private static OutputPattern Pattern(string name) => name switch
    {
        "pulse" => OutputPattern.Pulse(Ms(300)),
        "extend" => OutputPattern.Pulse(Ms(300), extends: true),
        "blink" => OutputPattern.Blink(Ms(200), Ms(100)),
        _ => OutputPattern.Level,
    };

    private static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);
}
