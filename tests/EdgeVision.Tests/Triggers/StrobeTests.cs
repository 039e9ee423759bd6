using EdgeVision.Tests.Delivery;
using EdgeVision.Tests.Doubles;
using EdgeVision.Triggers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Triggers;

public sealed class StrobeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SwitchedLine _line = new();

    [Fact]
    public void It_goes_dark_after_its_time_and_a_further_pulse_prolongs_it()
    {
        using var strobe = new Strobe(() => _line, TimeSpan.FromMilliseconds(50), untilFrame: false, _time, NullLogger.Instance);
        strobe.Raise();
        _time.Advance(TimeSpan.FromMilliseconds(30));
        strobe.Raise();
        strobe.FrameCame();
        _time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.Equal([true, true], _line.Written);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([true, true, false], _line.Written);
    }

    [Fact]
    public void It_goes_dark_with_the_frame_when_it_is_told_to_and_once()
    {
        using var strobe = new Strobe(() => _line, TimeSpan.FromMilliseconds(50), untilFrame: true, _time, NullLogger.Instance);
        strobe.FrameCame();
        strobe.Raise();
        strobe.FrameCame();
        strobe.FrameCame();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([true, false], _line.Written);
    }

    [Fact]
    public void A_lamp_that_fails_is_told_once_and_tried_again_later()
    {
        var opened = 0;
        var log = new CollectingLogger();
        using var strobe = new Strobe(
            () =>
            {
                opened++;
                return _line;
            },
            TimeSpan.FromMilliseconds(50), untilFrame: true, _time, log);
        _line.IsBroken = true;
        strobe.Raise();
        strobe.Raise();
        Assert.Equal(1, opened);

        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(31));
            strobe.Raise();
        }

        Assert.Equal((4, 1), (opened, log.Lines.Count(l => l.Id == EventIds.StrobeFailed)));
        _line.IsBroken = false;
        _time.Advance(TimeSpan.FromSeconds(31));
        strobe.Raise();
        Assert.Equal([true], _line.Written);
        Assert.Single(log.Lines, l => l.Id == EventIds.StrobeRecovered);
    }

    [Fact]
    public void A_lamp_whose_chip_vanished_fails_to_close_too_and_that_harms_nobody()
    {
        var (lines, log) = (new List<SwitchedLine>(), new CollectingLogger());
        var strobe = new Strobe(
            () =>
            {
                lines.Add(new SwitchedLine { FailsToClose = true });
                return lines[^1];
            },
            TimeSpan.FromMilliseconds(50), untilFrame: true, _time, log);
        strobe.Raise();
        lines[0].IsBroken = true;
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Single(log.Lines, l => l.Id == EventIds.StrobeFailed);

        _time.Advance(TimeSpan.FromSeconds(31));
        strobe.Raise();
        Assert.Equal(2, lines.Count);
        Assert.Equal([true], lines[1].Written);
        strobe.Dispose();
        Assert.Equal(2, log.Lines.Count(l => l.Id == EventIds.StrobeFailed));
    }

    [Fact]
    public void Its_end_leaves_the_line_to_its_safe_state()
    {
        var strobe = new Strobe(() => _line, TimeSpan.FromMilliseconds(50), untilFrame: false, _time, NullLogger.Instance);
        strobe.Raise();
        strobe.Dispose();
        strobe.Dispose();
        strobe.Raise();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_line.IsDisposed);
        Assert.Equal([true], _line.Written);
    }
}
