using CsCheck;
using EdgeVision.Outputs;
using EdgeVision.Tests.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Outputs;

public sealed class OutputSwitchTests
{
    private static readonly OutputPattern Pulse = OutputPattern.Pulse(TimeSpan.FromMilliseconds(300)), Blink = OutputPattern.Blink(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100));

    private readonly FakeTimeProvider _time = new();
    private readonly CollectingLogger _log = new();
    private readonly RecordedLine _line;
    private OutputPattern? _wish;

    public OutputSwitchTests() => _line = new RecordedLine(_time);

    [Fact]
    public void Wishes_switch_at_once_and_patterns_run_by_themselves()
    {
        using var output = Switch();
        Want(output, Blink);
        Wait(650);
        Want(output, null);
        Wait(100);
        Want(output, Pulse);
        Wait(1000);
        Assert.Equal("on@0 off@200 on@300 off@500 on@600 off@650 on@750 off@1050", _line.ToString());
    }

    [Fact]
    public void Shortest_times_hold()
    {
        using var output = Switch(minimumOn: 400, minimumOff: 1000);
        Want(output, OutputPattern.Level);
        Wait(1100);
        Want(output, null);
        Wait(500);
        Want(output, OutputPattern.Level);
        Wait(2000);
        Assert.Equal("on@1000 off@1400 on@2400", _line.ToString());
    }

    [Fact]
    public void A_pulse_by_command_is_given_whatever_the_rule_says()
    {
        using var output = Switch();
        Assert.True(output.Pulse(TimeSpan.FromMilliseconds(50)));
        Wait(1000);
        Assert.Equal("on@0 off@50", _line.ToString());
    }

    [Fact]
    public void Disposal_leaves_the_line_safe_and_nothing_switches_it_afterwards()
    {
        var output = Switch();
        Want(output, Blink);
        output.Dispose();
        output.Dispose();
        output.Refresh();
        Assert.False(output.Pulse(TimeSpan.FromMilliseconds(50)));
        Wait(5000);
        Assert.Equal("on@0 off@0", _line.ToString());
        Assert.False(_line.IsOwned);
        Assert.Empty(_log.Of(EventIds.OutputNotSafe));
    }

    [Fact]
    public void A_line_that_cannot_be_opened_is_told_once_and_has_its_level_when_it_comes()
    {
        _line.IsBroken = true;
        using var output = Switch();
        Want(output, OutputPattern.Level);
        Wait(120_000);
        Assert.False(output.IsWorking);
        Assert.False(output.Pulse(TimeSpan.FromMilliseconds(50)));
        Assert.Equal(["Output lamp cannot be switched: The chip is gone. Plug it in. It is tried again."], _log.Of(EventIds.OutputFailed));
        Assert.InRange(_line.Opened, 4, 60);

        _line.IsBroken = false;
        Wait(31_000);
        Assert.True(output.IsWorking);
        Assert.True(_line.Level);
        Assert.Single(_log.Of(EventIds.OutputRecovered));
    }

    [Fact]
    public void A_line_that_fails_in_use_is_told_once_and_a_stale_pulse_is_not_given_when_it_returns()
    {
        using var output = Switch();
        Want(output, Pulse);
        _line.IsBroken = true;
        Wait(400);     // the end of the pulse cannot be written
        Want(output, null);
        Want(output, Pulse);
        Wait(100_000);
        _line.IsBroken = false;
        Wait(31_000);
        Assert.True(output.IsWorking);
        Assert.False(_line.Level);
        Assert.Single(_log.Of(EventIds.OutputFailed));

        Want(output, null);
        Want(output, Pulse);
        Assert.True(_line.Level);
    }

    [Fact]
    public void A_line_that_failed_while_it_was_on_gets_one_last_try_to_be_safe()
    {
        var output = Switch();
        Want(output, OutputPattern.Level);
        _line.IsBroken = true;
        Want(output, null);
        var tries = _line.Opened;
        output.Dispose();
        Assert.Equal(tries + 1, _line.Opened);
        Assert.Equal(["Output lamp could not be left in its safe state: The chip is gone. Plug it in."], _log.Of(EventIds.OutputNotSafe));
    }

    [Fact]
    public void A_line_that_was_never_ours_is_left_alone_at_the_end()
    {
        _line.IsBroken = true;
        var output = Switch();
        output.Dispose();
        Assert.Equal(1, _line.Opened);
        Assert.Empty(_log.Of(EventIds.OutputNotSafe));
    }

    [Fact]
    public void Whatever_happens_the_shortest_time_off_holds_and_the_line_is_safe_in_the_end()
    {
        var steps = Gen.Select(Gen.Int[1, 700], Gen.Int[0, 9]).Array[1, 40];
        Gen.Select(steps, Gen.Int[0, 1500], Gen.Bool).Sample((script, off, once) =>
        {
            var time = new FakeTimeProvider();
            var line = new RecordedLine(time);
            OutputPattern? wish = null;
            var output = new OutputSwitch("lamp", line.Open, _ => wish, TimeSpan.Zero, TimeSpan.FromMilliseconds(off), time, _log);
            foreach (var (wait, what) in script)
            {
                time.Advance(TimeSpan.FromMilliseconds(wait));
                if (what < 4) wish = once ? Pulse : OutputPattern.Level;
                else if (what < 7) wish = null;
                else if (what == 7) line.IsBroken = true;
                else if (what == 8) line.IsBroken = false;
                else output.Pulse(TimeSpan.FromMilliseconds(70));
                output.Refresh();
            }

            output.Dispose();
            time.Advance(TimeSpan.FromSeconds(60));
            Assert.False(line.Level, line.ToString());
            Assert.False(line.IsOwned);
            for (var i = 0; i < line.Changes.Count; i += 2)
            {
                Assert.True(line.Changes[i].Level);
                Assert.True(line.Changes[i].At - (i == 0 ? 0 : line.Changes[i - 1].At) >= off, $"{off}: {line}");
            }
        }, iter: 1000, threads: 1);
    }

    [Fact]
    public async Task Many_threads_may_ask_while_it_is_disposed()
    {
        for (var round = 0; round < 50; round++)
        {
            var line = new RecordedLine(TimeProvider.System);
            var wish = false;
            var output = new OutputSwitch("lamp", line.Open, _ => Volatile.Read(ref wish) ? OutputPattern.Level : null, TimeSpan.Zero, TimeSpan.Zero, TimeProvider.System, _log);
            var asking = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                for (var i = 0; i < 200; i++)
                {
                    Volatile.Write(ref wish, i % 2 == 0);
                    output.Refresh();
                }
            })).ToList();
            output.Dispose();
            await Task.WhenAll(asking);
            Assert.False(line.Level);
            Assert.False(line.IsOwned);
        }
    }

    private OutputSwitch Switch(int minimumOn = 0, int minimumOff = 0) =>
        new("lamp", _line.Open, _ => _wish, TimeSpan.FromMilliseconds(minimumOn), TimeSpan.FromMilliseconds(minimumOff), _time, _log);

    private void Want(OutputSwitch output, OutputPattern? wish)
    {
        _wish = wish;
        output.Refresh();
    }

    /// <summary>In small steps: the fake clock jumps to its goal before it calls the timers on the way.</summary>
    private void Wait(int milliseconds)
    {
        for (var at = 0; at < milliseconds; at += 10) _time.Advance(TimeSpan.FromMilliseconds(10));
    }
}
