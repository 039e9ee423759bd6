using EdgeVision.Capture.Kernel;

namespace EdgeVision.Capture.Gpio;

/// <summary>What the kernel says of one GPIO chip.</summary>
/// <param name="Name">The kernel's, <c>gpiochip0</c>.</param>
/// <param name="Label">The driver's, <c>pinctrl-bcm2711</c>; may be empty, and several chips may share it.</param>
/// <param name="Nodes">Device nodes that lead to it, at least one; more where a link gives it a second number, as on the Raspberry Pi 5.</param>
/// <param name="Lines">By offset.</param>
public sealed record GpioChipFacts(string Name, string Label, IReadOnlyList<string> Nodes, IReadOnlyList<GpioLineFacts> Lines)
{
    /// <summary>Why it could not be asked; then all that is known is its node.</summary>
    internal Errno Refusal { get; init; }

    /// <summary>False when this user may not open it, or it is no GPIO chip.</summary>
    public bool IsReadable => Refusal is Errno.None;

    public override string ToString() => Label.Length == 0 ? Name : $"{Name} ({Label})";
}
