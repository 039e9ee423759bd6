using EdgeVision.Frames;
using EdgeVision.Outputs;
using EdgeVision.Tests.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Outputs;

public sealed class GateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CollectingLogger _log = new();
    private readonly Contact _contact = new();

    [Fact]
    public void It_is_open_while_the_line_is_active()
    {
        using var gate = Gate();
        Assert.False(IsOpen(gate));
        _contact.IsActive = true;
        Assert.True(After(20, gate));
        _contact.IsActive = false;
        Assert.False(After(20, gate));
        Assert.Equal(["The gate gpiochip0/3 closed.", "The gate gpiochip0/3 opened.", "The gate gpiochip0/3 closed."], _log.Of(EventIds.GateChanged));
    }

    [Fact]
    public void A_line_is_read_every_20_ms_at_most_however_many_cameras_ask()
    {
        using var gate = Gate();
        for (var i = 0; i < 100; i++)
        {
            IsOpen(gate);
            IsOpen(gate);
            After(1, gate);
        }

        Assert.Equal(6, _contact.Reads);     // at the start and after each of five times 20 ms
    }

    [Theory]
    [InlineData(true, "looked at")]
    [InlineData(false, "left out")]
    public void A_line_that_fails_is_told_once_opened_again_and_meanwhile_as_configured(bool openWhenFailing, string fate)
    {
        using var gate = Gate(openWhenFailing);
        _contact.IsActive = !openWhenFailing;
        Assert.Equal(!openWhenFailing, After(20, gate));
        _contact.IsBroken = true;
        for (var i = 0; i < 100; i++) Assert.Equal(openWhenFailing, After(1000, gate));
        Assert.False(gate.IsWorking);
        Assert.Equal([$"The gate gpiochip0/3 cannot be read: The chip is gone. Plug it in. Until it can, all frames are {fate}."], _log.Of(EventIds.GateFailed));
        Assert.InRange(_contact.Opened, 4, 60);

        _contact.IsBroken = false;
        Assert.Equal(!openWhenFailing, After(31_000, gate));
        Assert.True(gate.IsWorking);
        Assert.Single(_log.Of(EventIds.GateRecovered));
        Assert.Equal(0, _contact.Opened - _contact.Failed - _contact.Disposed - 1);     // all but the one in use were given back
    }

    [Fact]
    public void After_disposal_it_stays_as_it_was_and_asks_nobody()
    {
        var gate = Gate();
        _contact.IsActive = true;
        Assert.True(After(20, gate));
        gate.Dispose();
        gate.Dispose();
        var reads = _contact.Reads;
        Assert.True(After(1000, gate));
        Assert.Equal((reads, 1), (_contact.Reads, _contact.Disposed));
    }

    private Gate Gate(bool openWhenFailing = true) => new("gpiochip0/3", _contact.Open, openWhenFailing, _time, _log);

    private bool After(int milliseconds, Gate gate)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return IsOpen(gate);
    }

    private bool IsOpen(Gate gate) => gate.IsOpen(_time.GetTimestamp());

    /// <summary>A door contact that remembers who asked.</summary>
    private sealed class Contact
    {
        public bool IsActive { get; set; }

        public bool IsBroken { get; set; }

        public int Reads { get; private set; }

        public int Opened { get; private set; }

        public int Failed { get; private set; }

        public int Disposed { get; private set; }

        public IInputLine Open()
        {
            Opened++;
            if (!IsBroken) return new Line(this);
            Failed++;
            throw new CaptureException("The chip is gone. Plug it in.");
        }

        private sealed class Line(Contact contact) : IInputLine
        {
            private bool _disposed;

            public bool Read()
            {
                Assert.False(_disposed);
                contact.Reads++;
                return contact.IsBroken ? throw new CaptureException("The chip is gone. Plug it in.") : contact.IsActive;
            }

            public void Dispose()
            {
                _disposed = true;
                contact.Disposed++;
            }
        }
    }
}
