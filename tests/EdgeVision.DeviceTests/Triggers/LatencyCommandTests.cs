using EdgeVision.DeviceTests.Gpio;

namespace EdgeVision.DeviceTests.Triggers;

/// <summary>That the command works, not what it says: times mean nothing here.</summary>
public sealed class LatencyCommandTests
{
    private const int Trigger = 6, Output = 7;

    [Fact]
    public async Task Each_pulse_is_a_line_and_the_report_has_every_step()
    {
        Guest.Require();
        SimulatedLines.Pull(Trigger, high: false);
        var running = EdgeVisionCommand.ReportAsync(
            "gpio", "latency", "--camera", "test:pattern?width=160&height=120&fps=2", "--trigger", SimulatedLines.Address(Trigger), "--output", SimulatedLines.Address(Output), "--pulses", "3");
        // It opens its line, loads its model and waits for its camera; pulses until then are nobody's, or have no camera yet.
        while (!running.IsCompleted)
        {
            SimulatedLines.Pull(Trigger, high: true);
            SimulatedLines.Pull(Trigger, high: false);
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        var report = await running;
        Assert.Equal(3, report.GetProperty("frames").GetInt32() + report.GetProperty("explanations").GetInt32());
        Assert.NotEqual(0, report.GetProperty("frames").GetInt32());
        foreach (var step in (string[])["edgeToExposureMs", "edgeToFrameMs", "edgeToDetectionMs", "edgeToOutputMs"]) Assert.True(report.GetProperty(step).GetProperty("p50").GetDouble() > 0, step);
        Assert.False(SimulatedLines.IsHigh(Output));
    }

    [Theory]
    [InlineData("gpiochip0", "'gpiochip0' is a chip without the number of a line")]
    [InlineData("17", "'17' is a number without its chip")]
    public async Task A_line_that_is_none_is_wrong_usage(string line, string expected)
    {
        Guest.Require();
        var (code, _, stderr) = await EdgeVisionCommand.RunAsync("gpio", "latency", "--camera", "test:pattern", "--trigger", line);

        Assert.Equal(2, code);
        Assert.Contains(expected, stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chip_that_is_not_there_is_one_sentence()
    {
        Guest.Require();
        var (code, _, stderr) = await EdgeVisionCommand.RunAsync("gpio", "latency", "--camera", "test:pattern", "--trigger", "gpiochip99/1");

        Assert.Equal(1, code);
        Assert.Contains("gpiochip99", stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", stderr, StringComparison.Ordinal);
    }
}
