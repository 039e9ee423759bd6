using EdgeVision.Outputs;

namespace EdgeVision.Capture.Gpio;

/// <summary>A plain read by the kernel's own interface, for what System.Device.Gpio cannot do: debouncing, and switching the bias off (docs/adr/0002).</summary>
internal sealed class KernelInput(GpioLineOptions options) : IInputLine
{
    private readonly KernelLine _line = KernelLine.Open(options.Line, GpioFlags.Input | KernelLine.Wiring(options.ActiveLow, options.Bias), options.Debounce, initial: false);

    public bool Read() => _line.Get();

    public override string ToString() => $"GPIO line {_line}";

    public void Dispose() => _line.Dispose();
}
