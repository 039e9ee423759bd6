using EdgeVision.Outputs;

namespace EdgeVision.Capture.Gpio;

/// <summary>An output through System.Device.Gpio.</summary>
internal sealed class GpioOutput(ChipPin pin, GpioOutputOptions options) : IOutputLine
{
    private bool _disposed;

    public void Write(bool active) => pin.Write(active != options.ActiveLow);

    public override string ToString() => $"GPIO line {pin}";

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        try
        {
            Write(options.Safe);
        }
        finally
        {
            pin.Dispose();
        }
    }
}
