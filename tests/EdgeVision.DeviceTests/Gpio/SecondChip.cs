using EdgeVision.Capture.Gpio;

namespace EdgeVision.DeviceTests.Gpio;

/// <summary>A chip of its own that can be unplugged: two lines, EYE and, as on the first chip, VM3.</summary>
internal sealed class SecondChip : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetDirectoryName(Guest.GpioConfigFs)!, "second");

    public SecondChip()
    {
        var bank = Path.Combine(_folder, "bank");
        Directory.CreateDirectory(bank);
        File.WriteAllText(Path.Combine(bank, "num_lines"), "2");
        File.WriteAllText(Path.Combine(bank, "label"), "second");
        foreach (var (line, name) in new[] { (0, "EYE"), (1, "VM3") })
        {
            Directory.CreateDirectory(Path.Combine(bank, $"line{line}"));
            File.WriteAllText(Path.Combine(bank, $"line{line}", "name"), name);
        }

        PlugIn();
    }

    public void PlugIn() => File.WriteAllText(Path.Combine(_folder, "live"), "1");

    public void Unplug() => File.WriteAllText(Path.Combine(_folder, "live"), "0");

    /// <summary>The kernel's name of it, now.</summary>
    public static string Name => GpioInventory.Read().Chips.Single(c => c.Label == "second").Name;

    public void Dispose()
    {
        Unplug();
        foreach (var folder in new[] { "bank/line0", "bank/line1", "bank", "." }) Directory.Delete(Path.Combine(_folder, folder));
    }
}
