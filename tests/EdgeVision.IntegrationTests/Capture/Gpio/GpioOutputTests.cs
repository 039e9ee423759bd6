using System.Device.Gpio;
using EdgeVision.Capture.Gpio;
using EdgeVision.Configuration;
using EdgeVision.Frames;
using EdgeVision.Outputs;

namespace EdgeVision.IntegrationTests.Capture.Gpio;

/// <summary>What outputs and inputs ask of their driver, and in which order; real levels are the device tests' affair.</summary>
public sealed class GpioOutputTests
{
    private readonly RecordingDriver _driver = new();
    private readonly GpioControllers _controllers;

    public GpioOutputTests() => _controllers = new GpioControllers([GpioDriverKind.LibGpiodV1], (_, _) => _driver);

    [Theory]
    [InlineData("inactive, then safe inactive", false, false, false, "out1=0 1=1 1=0 -1 end")]
    [InlineData("safe active", false, false, true, "out1=0 1=1 1=1 -1 end")]
    [InlineData("initially active", false, true, false, "out1=1 1=1 1=0 -1 end")]
    [InlineData("active-low", true, false, false, "out1=1 1=0 1=1 -1 end")]
    [InlineData("active-low, active first and last", true, true, true, "out1=0 1=0 1=0 -1 end")]
    public void An_output_begins_at_its_initial_level_and_ends_at_its_safe_one(string name, bool activeLow, bool initial, bool safe, string expected)
    {
        var output = Output(1, Options() with { ActiveLow = activeLow, Initial = initial, Safe = safe });
        output.Write(active: true);
        output.Dispose();
        output.Dispose();
        Assert.Equal((name, expected), (name, string.Join(' ', _driver.Log)));
    }

    [Fact]
    public void Lines_of_a_chip_share_a_controller_until_the_last_is_closed()
    {
        var first = Output(1, Options());
        var second = Output(2, Options());
        first.Dispose();
        Assert.DoesNotContain("end", _driver.Log);
        second.Dispose();
        Assert.Equal("out1=0 out2=0 1=0 -1 2=0 -2 end", string.Join(' ', _driver.Log));
    }

    [Fact]
    public void A_write_that_the_driver_swallows_is_told()
    {
        var output = Output(1, Options());
        _driver.IsGone = true;
        Assert.Contains("GPIO line LAMP (gpiochip0/1) cannot be written through libgpiod 1: No such device; see", Assert.Throws<CaptureException>(() => output.Write(active: true)).Message, StringComparison.Ordinal);
        // The safe state cannot be had, and everything is given back all the same.
        Assert.Throws<CaptureException>(output.Dispose);
        Assert.Equal("out1=0 -1 -1", string.Join(' ', _driver.Log));
    }

    [Fact]
    public void A_chip_that_came_back_gets_a_new_controller_though_an_old_line_is_still_open()
    {
        using var idle = Input(2, PinMode.Input);
        _driver.IsGone = true;
        Assert.Throws<CaptureException>(() => Output(1, Options()));
        _driver.IsGone = false;
        using var output = Output(1, Options());
        Assert.Equal("in2 out1=0", string.Join(' ', _driver.Log));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public void An_input_is_logical_and_not_electrical(bool activeLow, bool high, bool active)
    {
        _driver.Levels[3] = high ? PinValue.High : PinValue.Low;
        using var input = Input(3, PinMode.InputPullUp, activeLow);
        Assert.Equal(active, input.Read());
        Assert.Equal("up3", string.Join(' ', _driver.Log));
    }

    [Fact]
    public void A_bias_that_the_driver_has_not_is_refused_and_nothing_stays_open()
    {
        Assert.Contains("cannot have the bias asked for through libgpiod 1", Assert.Throws<CaptureException>(() => Input(3, PinMode.InputPullDown)).Message, StringComparison.Ordinal);
        Assert.Equal("end", string.Join(' ', _driver.Log));
    }

    private GpioOutput Output(int offset, GpioOutputOptions options) => new(Open(offset, PinMode.Output, options.Initial != options.ActiveLow), options);

    private GpioInput Input(int offset, PinMode mode, bool activeLow = false) =>
        new(Open(offset, mode, high: false), OptionsReader.Defaults(GpioLineOptions.Read) with { ActiveLow = activeLow });

    private ChipPin Open(int offset, PinMode mode, bool high)
    {
        var line = new GpioLineFacts("gpiochip0", offset, "LAMP", Used: false, "", IsOutput: false);
        return _controllers.Open(new GpioChipFacts("gpiochip0", "test", ["/dev/gpiochip0"], [line]), line, mode, high);
    }

    private static GpioOutputOptions Options() => OptionsReader.Defaults(GpioOutputOptions.Read);
}
