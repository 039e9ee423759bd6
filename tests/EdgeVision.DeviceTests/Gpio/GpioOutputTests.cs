using EdgeVision.Capture.Gpio;
using EdgeVision.Frames;
using EdgeVision.Outputs;
using Microsoft.Extensions.Logging.Abstractions;
using static EdgeVision.DeviceTests.Gpio.SimulatedLines;

namespace EdgeVision.DeviceTests.Gpio;

/// <summary>Outputs and plain reads, through each driver of System.Device.Gpio that can be run here, and through the kernel.</summary>
public sealed class GpioOutputTests
{
    private static GpioLines Lines(string driver) => SimulatedLines.Through(driver);

    [Fact]
    public void Sysfs_is_usable_here_and_libgpiod_comes_first()
    {
        Guest.Require();
        Assert.Equal(GpioDriverKind.SysFs, GpioDrivers.Usable()[^1]);
        SimulatedLines.Through("libgpiod");
        Assert.Equal(GpioDriverKind.LibGpiodV1, GpioDrivers.Usable()[0]);
    }

    [Theory]
    [InlineData("libgpiod", false)]
    [InlineData("libgpiod", true)]
    [InlineData("sysfs", false)]
    [InlineData("sysfs", true)]
    public void A_pulse_is_seen_from_outside(string driver, bool activeLow)
    {
        Guest.Require();
        Pull(1, high: false);
        using var output = Lines(driver).OpenOutput(Output("VM1") with { ActiveLow = activeLow });
        Assert.Equal(activeLow, IsHigh(1));
        output.Write(active: true);
        Assert.Equal(!activeLow, IsHigh(1));
        output.Write(active: false);
        Assert.Equal(activeLow, IsHigh(1));
    }

    [Theory]
    [InlineData("libgpiod", false)]
    [InlineData("libgpiod", true)]
    [InlineData("sysfs", false)]
    [InlineData("sysfs", true)]
    public void The_initial_level_is_there_at_once(string driver, bool activeLow)
    {
        Guest.Require();
        Pull(1, high: false);
        using var output = Lines(driver).OpenOutput(Output("VM1") with { ActiveLow = activeLow, Initial = true });
        Assert.Equal(!activeLow, IsHigh(1));
        output.Write(active: false);
        Assert.Equal(activeLow, IsHigh(1));
    }

    [Theory]
    [InlineData("libgpiod", "VM0", "VM7")]
    [InlineData("sysfs", "VM0", "VM7")]
    public void Lines_of_a_chip_are_independent(string driver, string first, string second)
    {
        Guest.Require();
        var lines = Lines(driver);
        using var a = lines.OpenOutput(Output(first));
        using (var b = lines.OpenOutput(Output(second)))
        {
            a.Write(active: true);
            b.Write(active: true);
            b.Write(active: false);
            Assert.Equal((true, false), (IsHigh(0), IsHigh(7)));
        }

        a.Write(active: false);
        Assert.False(IsHigh(0));
        a.Write(active: true);
        Assert.True(IsHigh(0));
    }

    [Theory]
    [InlineData("libgpiod")]
    [InlineData("sysfs")]
    public void An_input_is_read(string driver)
    {
        Guest.Require();
        using var plain = Lines(driver).OpenInput(Input("VM2"));
        using var inverted = Lines(driver).OpenInput(Input("VM3") with { ActiveLow = true });
        foreach (var high in new[] { true, false, true })
        {
            Pull(2, high);
            Pull(3, high);
            Assert.Equal((high, !high), (plain.Read(), inverted.Read()));
        }
    }

    [Fact]
    public void An_input_with_debounce_or_without_bias_is_read_by_the_kernel()
    {
        Guest.Require();
        Pull(2, high: false);
        using (var input = Lines("").OpenInput(Input("VM2") with { Bias = GpioBias.Disabled }))
        {
            Assert.Equal(GpioBias.Disabled, GpioInventory.Read().Lines.Single(l => l.Name == "VM2").Bias);
            Pull(2, high: true);
            Assert.True(input.Read());
        }

        Pull(2, high: false);
        using (var input = Lines("").OpenInput(Input("VM2") with { Debounce = TimeSpan.FromSeconds(10) }))
        {
            Pull(2, high: true);
            Assert.False(input.Read());
        }
    }

    [Fact]
    public void A_pull_up_is_asked_for_through_libgpiod_and_refused_by_sysfs()
    {
        Guest.Require();
        using (Lines("libgpiod").OpenInput(Input("VM2") with { Bias = GpioBias.PullUp }))
            Assert.Equal(GpioBias.PullUp, GpioInventory.Read().Lines.Single(l => l.Name == "VM2").Bias);
        var refused = Assert.Throws<CaptureException>(() => Lines("sysfs").OpenInput(Input("VM2") with { Bias = GpioBias.PullUp }));
        Assert.Contains("cannot have the bias asked for through sysfs; install libgpiod", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libgpiod", "EdgeVision.Dev")]
    [InlineData("sysfs", "sysfs")]
    public void A_line_in_use_names_its_holder(string driver, string holder)
    {
        Guest.Require();
        using var output = Lines(driver).OpenOutput(Output("VM1"));
        var refused = Assert.Throws<CaptureException>(() => Lines("").OpenOutput(Output("VM1")));
        Assert.StartsWith($"GPIO line VM1 ({Address(1)}) is in use by '{holder}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_driver_the_package_is_named()
    {
        Guest.Require();
        var refused = Assert.Throws<CaptureException>(() => new GpioLines(NullLogger.Instance, []).OpenOutput(Output("VM1")));
        Assert.EndsWith("neither libgpiod nor /sys/class/gpio is usable here; install libgpiod (apt-get install libgpiod2, on newer systems libgpiod3).", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libgpiod")]
    [InlineData("sysfs")]
    public void Two_hundred_openings_leave_no_descriptor_and_no_line(string driver)
    {
        Guest.Require();
        var lines = Lines(driver);
        lines.OpenOutput(Output("VM1")).Dispose();
        lines.OpenInput(Input("VM2")).Dispose();
        var before = Descriptors();
        for (var i = 0; i < 200; i++)
        {
            using var output = lines.OpenOutput(Output("VM1"));
            using var input = lines.OpenInput(Input("VM2"));
            output.Write(active: true);
            if (driver == "libgpiod") Assert.True(Descriptors() > before, "An open line has to be seen."); // sysfs is opened for each access
        }

        Assert.Equal(before, Descriptors());
        Assert.DoesNotContain(GpioInventory.Read().Lines, l => l.Used);
    }
}
