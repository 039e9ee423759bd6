using EdgeVision.Outputs;

namespace EdgeVision.Capture.Gpio;

/// <summary>An output by the kernel's own interface, for what System.Device.Gpio cannot do: a first level that is high from the first moment on (docs/adr/0002).</summary>
internal sealed class KernelOutput(GpioOutputOptions options) : IOutputLine
{
    private readonly KernelLine _line = KernelLine.Open(options.Line, GpioFlags.Output | KernelLine.Wiring(options.ActiveLow, GpioBias.AsIs), TimeSpan.Zero, options.Initial);
    private bool _disposed;

    public void Write(bool active) => _line.Set(active);

    public override string ToString() => $"GPIO line {_line}";

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        try
        {
            _line.Set(options.Safe);
        }
        finally
        {
            _line.Dispose();
        }
    }
}
