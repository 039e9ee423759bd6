using System.Diagnostics;
using System.Runtime.CompilerServices;
using EdgeVision.Capture.Gpio;
using EdgeVision.Frames;
using EdgeVision.Triggers;
using static EdgeVision.DeviceTests.Gpio.SimulatedLines;

namespace EdgeVision.DeviceTests.Gpio;

/// <summary>Chips that vanish, and nodes that are killed.</summary>
public sealed class GpioLossTests
{
    private const string HoldVariable = "GPIO_TEST_HOLD", Holding = "The line is held.";

    private static readonly CancellationToken Stopping = TestContext.Current.CancellationToken;

    private static GpioLines Lines(string driver) => SimulatedLines.Through(driver);

    [Fact]
    public void A_name_that_two_chips_have_is_refused_with_both()
    {
        Guest.Require();
        using var second = new SecondChip();
        var refused = Assert.Throws<CaptureException>(() => GpioEdgeSource.Open(Input("VM3"), LineEdge.Rising, TimeProvider.System));
        Assert.Equal($"2 GPIO lines are named 'VM3'; write one of {Address(3)}, {SecondChip.Name}/1.", refused.Message);
        using var trigger = GpioEdgeSource.Open(Input("second/1"), LineEdge.Rising, TimeProvider.System);
    }

    [Fact]
    public async Task A_trigger_whose_chip_vanishes_says_so_and_can_be_opened_when_it_is_back()
    {
        Guest.Require();
        using var second = new SecondChip();
        using (var trigger = GpioEdgeSource.Open(Input("EYE"), LineEdge.Rising, TimeProvider.System))
        {
            var reading = Task.Run(() => trigger.Read(Stopping), Stopping);
            second.Unplug();
            var gone = await Assert.ThrowsAsync<CaptureException>(() => reading.WaitAsync(TimeSpan.FromSeconds(20), Stopping));
            Assert.Contains("is gone: its chip vanished (ENODEV)", gone.Message, StringComparison.Ordinal);
        }

        Assert.StartsWith("No GPIO line is named 'EYE'", Assert.Throws<CaptureException>(() => GpioEdgeSource.Open(Input("EYE"), LineEdge.Rising, TimeProvider.System)).Message, StringComparison.Ordinal);
        second.PlugIn();
        using var again = GpioEdgeSource.Open(Input("EYE"), LineEdge.Rising, TimeProvider.System);
    }

    [Theory]
    [InlineData("libgpiod")]
    [InlineData("sysfs")]
    public async Task Outputs_and_inputs_whose_chip_vanishes_say_so_and_can_be_opened_when_it_is_back(string driver)
    {
        Guest.Require();
        LoseAndFindAgain(driver);

        // Nor does a finalizer of what was given up hang: nothing would be finalized any more, and the process would not end.
        GC.Collect();
        await Task.Run(GC.WaitForPendingFinalizers, Stopping).WaitAsync(TimeSpan.FromSeconds(20), Stopping);
    }

    /// <summary>A method of its own, so that nothing of it is alive afterwards.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoseAndFindAgain(string driver)
    {
        using var second = new SecondChip();
        var lines = Lines(driver);
        var idle = lines.OpenInput(Input("second/1"));
        var output = lines.OpenOutput(Output("EYE"));
        output.Write(active: true);
        second.Unplug();
        foreach (var active in new[] { true, false })
            Assert.Contains("GPIO line EYE", Assert.Throws<CaptureException>(() => output.Write(active)).Message, StringComparison.Ordinal);
        // Its safe state cannot be written any more; that is told, and the line is closed all the same.
        Assert.Throws<CaptureException>(output.Dispose);
        output.Dispose();

        // The other line still holds the old chip: the first try may fail for that, the second may not.
        second.PlugIn();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var again = lines.OpenOutput(Output("EYE"));
                again.Write(active: true);
                break;
            }
            catch (CaptureException) when (attempt == 1)
            {
            }
        }

        idle.Dispose();
        Assert.DoesNotContain(GpioInventory.Read().Lines, l => l.Used);
    }

    /// <summary>Not a test: the node that the next one kills.</summary>
    [Fact(Explicit = true)]
    public async Task Holder()
    {
        Guest.Require();
        using var output = Lines(Environment.GetEnvironmentVariable(HoldVariable)!).OpenOutput(Output("VM1"));
        output.Write(active: true);
        await Console.Out.WriteLineAsync(Holding);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Stopping);
    }

    [Theory]
    [InlineData("libgpiod", false)]
    [InlineData("libgpiod", true)]
    [InlineData("sysfs", false)]
    [InlineData("sysfs", true)]
    public async Task What_a_killed_node_leaves_behind_is_as_the_documents_say(string driver, bool pulledUp)
    {
        Guest.Require();
        Pull(1, pulledUp);
        await HoldAndKillAsync(driver);

        var line = GpioInventory.Read().Lines.Single(l => l.Name == "VM1");
        if (driver == "sysfs")
        {
            // Nobody holds it, and it stays as it was: driven, and exported until somebody unexports it.
            Assert.Equal((true, "sysfs", true), (line.Used, line.Consumer, IsHigh(1)));
            Assert.Contains("perhaps by a node that was killed", Assert.Throws<CaptureException>(() => Lines("libgpiod").OpenOutput(Output("VM1"))).Message, StringComparison.Ordinal);
        }
        else
        {
            // Let go by the kernel: gpio-sim's pin follows its pull resistor.
            Assert.Equal((false, pulledUp), (line.Used, IsHigh(1)));
        }

        // The next start takes the line, with its initial level.
        using (var output = Lines(driver).OpenOutput(Output("VM1"))) Assert.False(IsHigh(1));
        Assert.False(GpioInventory.Read().Lines.Single(l => l.Name == "VM1").Used);
    }

    private static async Task HoldAndKillAsync(string driver)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-noColor", "-explicit", "only", "-method", $"{typeof(GpioLossTests).FullName}.{nameof(Holder)}"]) { RedirectStandardOutput = true };
        start.Environment[HoldVariable] = driver;
        using var child = Process.Start(start)!;
        var said = "";
        while (await child.StandardOutput.ReadLineAsync(Stopping).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Stopping) is { } line && line != Holding) said += line + "\n";
        Assert.True(IsHigh(1), said);
        child.Kill();
        await child.WaitForExitAsync(Stopping).WaitAsync(TimeSpan.FromSeconds(20), Stopping);
    }
}
