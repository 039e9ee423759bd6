using EdgeVision.Outputs;

namespace EdgeVision.Capture.Gpio;

/// <summary>A plain read through System.Device.Gpio.</summary>
internal sealed class GpioInput(ChipPin pin, GpioLineOptions options) : IInputLine
{
    public bool Read() => pin.Read() != options.ActiveLow;

    public override string ToString() => $"GPIO line {pin}";

    public void Dispose() => pin.Dispose();
}
