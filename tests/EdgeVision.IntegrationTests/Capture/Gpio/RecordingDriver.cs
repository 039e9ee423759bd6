using System.Device.Gpio;

namespace EdgeVision.IntegrationTests.Capture.Gpio;

/// <summary>A driver of System.Device.Gpio that writes down what is asked of it: "out5=1" is pin 5 opened as output, high; "5=0" a write; "-5" closed; "end" disposed.</summary>
internal sealed class RecordingDriver : GpioDriver
{
    private readonly Dictionary<int, PinMode> _modes = [];

    public List<string> Log { get; } = [];

    public Dictionary<int, PinValue> Levels { get; } = [];

    /// <summary>From now on the chip is gone: reads fail, and writes are swallowed, as LibGpiodDriver does it.</summary>
    public bool IsGone { get; set; }

    protected override int PinCount => 8;

    protected override void OpenPin(int pinNumber)
    {
        if (IsGone) throw new IOException("No such device.");
        _modes[pinNumber] = PinMode.Input;
    }

    protected override void ClosePin(int pinNumber)
    {
        Log.Add($"-{pinNumber}");
        if (IsGone) throw new IOException("No such device.");
    }

    protected override void SetPinMode(int pinNumber, PinMode mode)
    {
        _modes[pinNumber] = mode;
        Log.Add($"{(mode is PinMode.Output ? "out" : mode is PinMode.InputPullUp ? "up" : "in")}{pinNumber}");
    }

    protected override void SetPinMode(int pinNumber, PinMode mode, PinValue initialValue)
    {
        (_modes[pinNumber], Levels[pinNumber]) = (mode, initialValue);
        Log.Add($"out{pinNumber}={(int)initialValue}");
    }

    protected override PinMode GetPinMode(int pinNumber) => _modes[pinNumber];

    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => mode is not PinMode.InputPullDown;

    protected override PinValue Read(int pinNumber) => IsGone ? throw new IOException("No such device.") : Levels.GetValueOrDefault(pinNumber);

    protected override void Write(int pinNumber, PinValue value)
    {
        if (IsGone) return;
        Levels[pinNumber] = value;
        Log.Add($"{pinNumber}={(int)value}");
    }

    protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback) => throw new NotSupportedException();

    protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Log.Add("end");
        base.Dispose(disposing);
    }
}
