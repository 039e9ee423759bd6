using EdgeVision.Frames;
using EdgeVision.Outputs;

namespace EdgeVision.Tests.Doubles;

/// <summary>A lamp that remembers, and is broken when the test says so.</summary>
internal sealed class SwitchedLine : IOutputLine
{
    public List<bool> Written { get; } = [];

    public bool IsBroken { get; set; }

    public bool IsDisposed { get; private set; }

    public void Write(bool active)
    {
        if (IsBroken) throw new CaptureException("The chip is gone. Plug it in.");
        Written.Add(active);
    }

    /// <summary>Its safe level cannot be written any more.</summary>
    public bool FailsToClose { get; init; }

    public void Dispose()
    {
        IsDisposed = true;
        if (FailsToClose) throw new CaptureException("The chip is gone. Plug it in.");
    }
}
