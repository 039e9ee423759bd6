using CsCheck;
using EdgeVision.Triggers;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Triggers;

/// <summary>Times are milliseconds. A script is a line of `pulse 100`, `frame 120` (begin of exposure) and `now 5000`, in the order in which they become known.</summary>
public sealed class TriggerMatcherTests
{
    private const int Interval = 40;

    public static TheoryData<string, string, string, string> Situations => new()
    {
        // name, rule (matching delay burst timeout), what happens, answers: pulse.shot=frame outcome
        { "the first frame after the pulse", "next 0 1 1000", "frame 100; pulse 110; frame 140; frame 180", "1.1=140 Matched" },
        { "a frame that begins with the pulse", "next 0 1 1000", "frame 100; pulse 140; frame 140", "1.1=140 Matched" },
        { "a frame that was exposed already is not the pulse's", "next 0 1 1000", "pulse 101; frame 100; frame 140", "1.1=140 Matched" },
        { "the delay counts from the pulse", "next 100 1 1000", "pulse 110; frame 140; frame 180; frame 220", "1.1=220 Matched" },
        { "a burst takes the frames that follow", "next 0 3 1000", "pulse 110; frame 140; frame 180; frame 220; frame 260", "1.1=140 Matched; 1.2=180 Matched; 1.3=220 Matched" },
        { "a pulse that is read after its frame still gets it", "next 0 1 1000", "frame 100; frame 140; pulse 110; frame 180", "1.1=140 Matched" },
        { "a pulse that is read two frames late says that its own is missing", "next 0 1 1000", "frame 100; frame 140; frame 180; frame 220; pulse 101; frame 260", "1.1=220 Late" },
        { "two pulses between two frames share one", "next 0 1 1000", "frame 100; pulse 110; pulse 120; frame 140", "1.1=140 Matched; 2.1=140 Shared with 1" },
        { "a pulse while a burst still runs shares what is left of it", "next 0 3 1000", "pulse 110; frame 140; pulse 150; frame 180; frame 220; frame 260",
            "1.1=140 Matched; 1.2=180 Matched; 2.1=180 Shared with 1; 1.3=220 Matched; 2.2=220 Shared with 1; 2.3=260 Matched" },
        { "three pulses share with the first that has the frame", "next 0 1 1000", "pulse 110; pulse 115; pulse 120; frame 140", "1.1=140 Matched; 2.1=140 Shared with 1; 3.1=140 Shared with 1" },
        { "a lost frame is told", "next 0 1 1000", "frame 100; pulse 110; frame 180", "1.1=180 Late" },
        { "a lost frame within a burst is told of the shot after it", "next 0 3 1000", "frame 100; pulse 110; frame 140; frame 220; frame 260", "1.1=140 Matched; 1.2=220 Late; 1.3=260 Matched" },
        { "a frame beyond the timeout is not the pulse's", "next 0 1 50", "frame 100; pulse 110; frame 170", "1.1-1 NoFrame" },
        { "a frame at the timeout is", "next 0 1 50", "frame 100; pulse 110; frame 160", "1.1=160 Matched" },
        { "no frame within the timeout", "next 0 1 1000", "frame 100; pulse 110; now 1110; now 1111", "1.1-1 NoFrame" },
        { "the timeout counts from the delay", "next 500 1 1000", "pulse 110; now 1610; now 1611", "1.1-1 NoFrame" },
        { "the shots that are still due are explained together", "next 0 3 100", "frame 100; pulse 110; frame 140; now 240; now 241", "1.1=140 Matched; 1.2-3 NoFrame" },
        { "the camera is gone", "next 0 2 1000", "frame 100; pulse 110; frame 140; pulse 150; gone", "1.1=140 Matched; 1.2-2 NoCamera; 2.1-2 NoCamera" },
        { "a frame from before the camera was gone belongs to nobody", "next 0 1 1000", "frame 100; frame 140; gone; pulse 120; frame 1000", "1.1=1000 Late" },
        { "the camera's clock goes back", "next 0 1 1000", "frame 5000; pulse 100; frame 110", "1.1=110 Matched" },

        { "nearest: the frame before", "nearest 0 1 1000", "frame 100; pulse 110; frame 140; frame 180", "1.1=100 Matched" },
        { "nearest: the frame after", "nearest 0 1 1000", "frame 100; pulse 130; frame 140", "1.1=140 Matched" },
        { "nearest: in the middle the earlier", "nearest 0 1 1000", "frame 100; pulse 120; frame 140", "1.1=100 Matched" },
        { "nearest: with a delay both lie after the pulse", "nearest 100 1 1000", "frame 100; pulse 110; frame 140; frame 180; frame 220", "1.1=220 Matched" },
        { "nearest: read late it still gets the one before", "nearest 0 1 1000", "frame 100; frame 140; pulse 110; frame 180", "1.1=100 Matched" },
        { "nearest: the first frame of a stream has none before it", "nearest 0 1 1000", "pulse 90; frame 100", "1.1=100 Matched" },
        { "nearest: a burst goes on from it", "nearest 0 3 1000", "frame 100; pulse 110; frame 140; frame 180", "1.1=100 Matched; 1.2=140 Matched; 1.3=180 Matched" },
        { "nearest: two pulses about one frame share it", "nearest 0 1 1000", "frame 100; pulse 130; frame 140; pulse 145; frame 180", "1.1=140 Matched; 2.1=140 Shared with 1" },
        { "nearest: a lost frame is told", "nearest 0 1 1000", "frame 100; pulse 165; frame 220", "1.1=220 Late" },
        { "nearest: beyond the timeout on both sides", "nearest 0 1 30", "frame 100; pulse 200; frame 300", "1.1-1 NoFrame" },
        { "nearest: no frame follows", "nearest 0 1 1000", "frame 100; pulse 110; now 1200", "1.1-1 NoFrame" },
    };

    [Theory]
    [MemberData(nameof(Situations))]
    public void A_pulse_gets_what_belongs_to_it(string situation, string rule, string script, string expected) => Assert.True(expected == Play(rule, script), $"{situation}: expected {expected}, got {Play(rule, script)}");

    [Fact]
    public void The_difference_is_from_the_edge_to_the_begin_of_exposure_with_its_sign()
    {
        var stage = new Stage("nearest 0 1 1000");
        stage.Play("frame 100; pulse 110; frame 140; pulse 135; frame 180");

        Assert.Equal([TimeSpan.FromMilliseconds(-10), TimeSpan.FromMilliseconds(5)], stage.Answers.Select(a => a.Difference));
    }

    [Fact]
    public void Who_has_no_frame_of_its_own_is_told_why_and_what_to_do()
    {
        Assert.Equal(
            "No frame within 50 ms of the pulse, of a camera that gave one every 40 ms: it stalled, or TimeoutMs is too short for it.", Reason("next 0 1 50", "frame 100; frame 140; pulse 150; now 300"));
        Assert.Equal(
            "This frame began 70 ms from where its frame was expected, at 40 ms from frame to frame: one between was lost, or the camera paused. Look for lost frames of this camera.",
            Reason("next 0 1 1000", "frame 100; pulse 110; frame 180"));
        Assert.Equal(
            "Pulse 1 has the same frame: pulses come faster than frames. Raise the camera's frame rate, or slow the line down.", Reason("next 0 1 1000", "pulse 110; pulse 120; frame 140"));

        static string? Reason(string rule, string script)
        {
            var stage = new Stage(rule);
            stage.Play(script);
            return stage.Answers[^1].Reason;
        }
    }

    [Fact]
    public void A_line_that_swings_does_not_fill_the_memory()
    {
        var matcher = new TriggerMatcher(new TriggerRule(TriggerMatching.Next, TimeSpan.Zero, 1, TimeSpan.FromSeconds(1)), new FakeTimeProvider());
        for (var i = 1; i <= TriggerMatcher.MaxWaiting; i++) Assert.True(matcher.Add(new TriggerPulse(i, i, default)));

        Assert.False(matcher.Add(new TriggerPulse(TriggerMatcher.MaxWaiting + 1, 1, default)));
    }

    [Fact]
    public void Every_pulse_is_answered_for_each_shot_exactly_once_whatever_comes_in_whatever_order() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 100], Gen.Int[1, 4], Gen.Int[1, 300], Happenings).Sample(
            (nearest, delay, burst, timeout, happenings) =>
            {
                var stage = new Stage(nearest ? TriggerMatching.Nearest : TriggerMatching.Next, delay, burst, timeout);
                foreach (var (kind, ms) in happenings) stage.Happen(kind, ms);
                stage.Happen("now", 1_000_000);

                Assert.Equal(0, stage.Matcher.Waiters);
                foreach (var pulse in stage.Pulses)
                {
                    var shots = stage.Answers.Where(a => a.Pulse.Number == pulse).SelectMany(a => Enumerable.Range(a.Shot, a.Shots)).ToList();
                    Assert.Equal(Enumerable.Range(1, burst), shots);
                }
            });

    [Fact]
    public void No_frame_of_next_began_before_its_pulse_and_delay_nor_after_the_timeout_and_shots_follow_each_other() =>
        Gen.Select(Gen.Int[0, 100], Gen.Int[1, 4], Gen.Int[1, 300], Happenings).Sample(
            (delay, burst, timeout, happenings) =>
            {
                var stage = new Stage(TriggerMatching.Next, delay, burst, timeout);
                foreach (var (kind, ms) in happenings) stage.Happen(kind, ms);

                foreach (var shots in stage.Answers.Where(a => a.Frame != 0).GroupBy(a => a.Pulse.Number))
                {
                    var expected = stage.MsOf(shots.First().Pulse) + delay;
                    foreach (var shot in shots)
                    {
                        Assert.InRange(stage.StartOf(shot), shot.Shot == 1 ? expected : expected + 1, expected + timeout);
                        expected = stage.StartOf(shot);
                    }
                }
            });

    [Fact]
    public void In_the_order_of_a_camera_that_loses_nothing_each_pulse_gets_the_first_frame_that_began_after_it() =>
        Gen.Int[0, 4000].Array[1, 30].Sample(pulses =>
        {
            Array.Sort(pulses);
            var stage = new Stage(TriggerMatching.Next, delay: 0, burst: 1, timeout: 1000);
            // A frame is known one interval after it began.
            var happenings = pulses.Select(p => (At: p, Kind: "pulse", Ms: p)).Concat(Enumerable.Range(0, 110).Select(i => (At: (i + 1) * Interval, Kind: "frame", Ms: i * Interval)));
            foreach (var (_, kind, ms) in happenings.OrderBy(h => h.At)) stage.Happen(kind, ms);

            Assert.Equal(pulses.Select(p => (p + Interval - 1) / Interval * Interval), stage.Answers.Select(stage.StartOf));
            // Alone where the frame before it is another's, and never merged.
            for (var i = 1; i < pulses.Length; i++)
            {
                var shares = stage.StartOf(stage.Answers[i]) == stage.StartOf(stage.Answers[i - 1]);
                Assert.Equal(shares ? TriggerOutcome.Shared : TriggerOutcome.Matched, stage.Answers[i].Outcome);
            }
        });

    [Fact]
    public void Nearest_is_never_further_away_than_half_an_interval_of_a_camera_that_loses_nothing() =>
        Gen.Int[50, 4000].Array[1, 30].Sample(pulses =>
        {
            Array.Sort(pulses);
            var stage = new Stage(TriggerMatching.Nearest, delay: 0, burst: 1, timeout: 1000);
            var happenings = pulses.Select(p => (At: p, Kind: "pulse", Ms: p)).Concat(Enumerable.Range(0, 110).Select(i => (At: (i + 1) * Interval, Kind: "frame", Ms: i * Interval)));
            foreach (var (_, kind, ms) in happenings.OrderBy(h => h.At)) stage.Happen(kind, ms);

            Assert.Equal(pulses.Length, stage.Answers.Count);
            foreach (var answer in stage.Answers) Assert.InRange(Math.Abs(answer.Difference!.Value.TotalMilliseconds), 0, Interval / 2.0);
        });

    /// <summary>Pulses are read and frames arrive in no order at all; frames of one stream begin one after the other, mostly.</summary>
    private static readonly Gen<(string Kind, int Ms)[]> Happenings =
        Gen.Select(Gen.Int[0, 11].Select(n => n < 4 ? "pulse" : n < 10 ? "frame" : n < 11 ? "now" : "gone"), Gen.Int[0, 2000]).Array[0, 60];

    private static string Play(string rule, string script)
    {
        var stage = new Stage(rule);
        stage.Play(script);
        return string.Join("; ", stage.Answers.Select(stage.Show));
    }

    private sealed class Stage(TriggerMatching matching, int delay, int burst, int timeout)
    {
        private readonly Dictionary<long, int> _starts = [];
        private readonly FakeTimeProvider _time = new();
        private TriggerMatcher? _matcher;

        public Stage(string rule)
            : this(rule.StartsWith("next", StringComparison.Ordinal) ? TriggerMatching.Next : TriggerMatching.Nearest, Number(rule, 1), Number(rule, 2), Number(rule, 3))
        {
        }

        public TriggerMatcher Matcher => _matcher ??= new TriggerMatcher(new TriggerRule(matching, TimeSpan.FromMilliseconds(delay), burst, TimeSpan.FromMilliseconds(timeout)), _time);

        public List<TriggerAnswer> Answers { get; } = [];

        public List<long> Pulses { get; } = [];

        public void Play(string script)
        {
            foreach (var step in script.Split("; "))
            {
                var words = step.Split(' ');
                Happen(words[0], words.Length > 1 ? int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture) : 0);
            }
        }

        public void Happen(string kind, int ms)
        {
            switch (kind)
            {
                case "pulse":
                    Pulses.Add(Pulses.Count + 1);
                    Assert.True(Matcher.Add(new TriggerPulse(Pulses.Count, Units(ms), default)));
                    break;
                case "frame":
                    _starts[_starts.Count + 1] = ms;
                    Matcher.Frame(new FrameMoment(_starts.Count, Units(ms), Units(Interval), IsEstimated: false), Answers);
                    break;
                case "now":
                    Matcher.Expire(Units(ms), Answers);
                    break;
                default:
                    Matcher.Abandon(TriggerOutcome.NoCamera, "Gone.", Answers);
                    break;
            }
        }

        public int StartOf(TriggerAnswer answer) => _starts[answer.Frame];

        public int MsOf(TriggerPulse pulse) => (int)_time.GetElapsedTime(0, pulse.Timestamp).TotalMilliseconds;

        public string Show(TriggerAnswer answer) => answer.Frame == 0
            ? $"{answer.Pulse.Number}.{answer.Shot}-{answer.Shot + answer.Shots - 1} {answer.Outcome}"
            : $"{answer.Pulse.Number}.{answer.Shot}={StartOf(answer)} {answer.Outcome}{(answer.SharedWith is { } other ? $" with {other}" : "")}";

        private static int Number(string rule, int place) => int.Parse(rule.Split(' ')[place], System.Globalization.CultureInfo.InvariantCulture);

        private long Units(int ms) => ms * _time.TimestampFrequency / 1000;
    }
}
