using System.Text.Json;
using EdgeVision.Capture.Gpio;

namespace EdgeVision.IntegrationTests.Module;

public sealed class GpioCommandTests
{
    [Fact]
    public async Task A_machine_without_lines_is_told_so_and_its_report_is_empty()
    {
        if (GpioInventory.Read().Chips.Count > 0) Assert.Skip("This machine has GPIO chips; the device tests list those of the guest.");
        using var folder = new TempFolder();
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("gpio", "list", "--report", folder.PathOf("lines.json"));

        Assert.Equal((0, ""), (code, stdout));
        Assert.StartsWith("There is no GPIO chip here (/dev/gpiochip*); load the chip's driver,", stderr, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(folder.PathOf("lines.json"), TestContext.Current.CancellationToken));
        Assert.Equal(0, report.RootElement.GetProperty("chips").GetArrayLength());
    }
}
