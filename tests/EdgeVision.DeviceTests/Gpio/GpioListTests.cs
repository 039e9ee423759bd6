using System.Diagnostics;
using System.Text.Json;
using EdgeVision.Capture.Gpio;
using EdgeVision.Outputs;
using EdgeVision.Triggers;
using static EdgeVision.DeviceTests.Gpio.SimulatedLines;

namespace EdgeVision.DeviceTests.Gpio;

/// <summary><c>edgevision gpio list</c> as its user runs it.</summary>
public sealed class GpioListTests
{
    [Fact]
    public async Task Lines_are_listed_with_name_direction_holder_and_settings()
    {
        Guest.Require();
        var stopping = TestContext.Current.CancellationToken;
        var report = Path.Combine(Path.GetTempPath(), $"lines-{Environment.ProcessId}.json");
        using var trigger = GpioEdgeSource.Open(Input("VM6") with { ActiveLow = true, Bias = GpioBias.PullUp, Debounce = TimeSpan.FromMilliseconds(2.5) }, LineEdge.Rising, TimeProvider.System);
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "EdgeVision.Module"), ["gpio", "list", "--report", report]) { RedirectStandardOutput = true };
        using var list = Process.Start(start)!;
        var table = await list.StandardOutput.ReadToEndAsync(stopping);
        await list.WaitForExitAsync(stopping).WaitAsync(TimeSpan.FromSeconds(60), stopping);

        Assert.Equal(0, list.ExitCode);
        Assert.Matches($@"{Address(6)} +VM6 +input +edgevision +active-low, pull-up, debounce 2\.5 ms", table);
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(report, stopping));
        var chip = json.RootElement.GetProperty("chips").EnumerateArray().Single(c => c.GetProperty("name").GetString() == $"gpiochip{Guest.GpioChip}");
        Assert.Equal(8, chip.GetProperty("lines").GetArrayLength());
        Assert.Equal(
            """{"offset":6,"name":"VM6","direction":"input","used":true,"consumer":"edgevision","activeLow":true,"bias":"pull-up","debounceMs":2.5}""",
            JsonSerializer.Serialize(chip.GetProperty("lines")[6]));
        Assert.False(chip.GetProperty("lines")[0].GetProperty("used").GetBoolean());
    }
}
