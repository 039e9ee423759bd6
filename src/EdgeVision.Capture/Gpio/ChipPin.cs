using System.Device.Gpio;

namespace EdgeVision.Capture.Gpio;

/// <summary>One pin of a controller that several lines of its chip share; levels are electrical.</summary>
internal sealed class ChipPin(ChipController chip, int number, string shown) : IDisposable
{
    private bool _disposed;

    /// <exception cref="Frames.CaptureException">The chip is gone.</exception>
    public bool Read() => chip.Do(shown, "read", controller => controller.Read(number) == PinValue.High);

    /// <exception cref="Frames.CaptureException">The chip is gone.</exception>
    public void Write(bool high) => chip.Do(shown, "written", controller =>
    {
        controller.Write(number, high ? PinValue.High : PinValue.Low);
        // LibGpiodDriver 4.2.0 ignores what libgpiod says of a write; reading fails loudly when the chip is gone.
        return controller.Read(number);
    });

    public override string ToString() => shown;

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        chip.Close(number);
    }
}
