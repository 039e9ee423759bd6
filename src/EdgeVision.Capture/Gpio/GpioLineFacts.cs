using EdgeVision.Outputs;

namespace EdgeVision.Capture.Gpio;

/// <summary>What the kernel says of one line.</summary>
/// <param name="Chip">Kernel's name of its chip, <c>gpiochip0</c>.</param>
/// <param name="Offset">Its number there.</param>
/// <param name="Name">As the board calls it; empty when it has no name.</param>
/// <param name="Used">Somebody holds it: another process, the kernel, or sysfs.</param>
/// <param name="Consumer">What the holder calls itself; may be empty.</param>
/// <param name="IsOutput">Else it is an input.</param>
/// <param name="ActiveLow">As its holder has it.</param>
/// <param name="Bias">As far as the kernel knows; <see cref="GpioBias.AsIs"/> when it does not.</param>
/// <param name="Debounce">As its holder has set it; zero is none.</param>
public sealed record GpioLineFacts(
    string Chip, int Offset, string Name, bool Used, string Consumer, bool IsOutput, bool ActiveLow = false, GpioBias Bias = GpioBias.AsIs, TimeSpan Debounce = default)
{
    /// <summary>Chip and number, as configuration takes it.</summary>
    public string Address => $"{Chip}/{Offset}";

    /// <summary>By a node, this one or another; one that goes through sysfs cannot be told.</summary>
    public bool IsHeldByNode => Used && Consumer == KernelLine.Consumer;

    /// <summary>For sentences: the name, if it has one, and where it is.</summary>
    public override string ToString() => Name.Length == 0 ? Address : $"{Name} ({Address})";
}
