using EdgeVision.Outputs;

namespace EdgeVision.DeviceTests.Triggers;

/// <summary>A line of the simulated chip as the world outside sees it.</summary>
internal sealed class PulseLine
{
    private readonly string _pull;

    public PulseLine(int offset)
    {
        Options = new GpioLineOptions { Line = GpioLineName.TryParse($"gpiochip{Guest.GpioChip}/{offset}", out var line, out var wrong) ? line : throw new ArgumentException(wrong) };
        _pull = Path.Combine(Guest.GpioSysfs, $"sim_gpio{offset}", "pull");
        Set(false);
    }

    public GpioLineOptions Options { get; }

    public void Pulse()
    {
        Set(true);
        Set(false);
    }

    private void Set(bool high) => File.WriteAllText(_pull, high ? "pull-up" : "pull-down");
}
