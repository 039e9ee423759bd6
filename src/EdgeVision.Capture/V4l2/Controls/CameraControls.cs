using EdgeVision.Capture.Kernel;

namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>The controls of one open camera. May be used while it streams, from any thread; not after it has been closed.</summary>
public sealed class CameraControls
{
    private readonly ControlDriver _driver;
    private readonly string _device;

    /// <param name="device">Open; stays the caller's.</param>
    public CameraControls(V4l2Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _driver = new ControlDriver(device.Raw);
        _device = device.Path;
        All = _driver.List();
    }

    /// <summary>In the driver's order.</summary>
    public IReadOnlyList<CameraControl> All { get; }

    /// <summary>Its value now, for people; null when it has none or would not say.</summary>
    public string? Read(CameraControl control)
    {
        ArgumentNullException.ThrowIfNull(control);
        if (control.Kind is ControlKind.Other or ControlKind.Button || (control.Traits & ControlTraits.WriteOnly) != 0) return null;
        if (control.Kind is ControlKind.Text) return _driver.GetText(control, out var text) is Errno.None ? text : null;
        return _driver.Get(control, out var value) is Errno.None ? control.Show(value) : null;
    }

    /// <summary>What holds of it now.</summary>
    public ControlTraits Traits(CameraControl control) => _driver.Traits(control);

    /// <summary>
    /// Sets what is wished, automatic modes first, each verified by reading it back. One that the camera refuses does not keep the others from
    /// being set.
    /// </summary>
    /// <param name="wishes">Values by name.</param>
    /// <param name="moment">Wishes of the other moment are left alone.</param>
    /// <returns>One outcome a wish of this moment.</returns>
    public IReadOnlyList<ControlOutcome> Apply(IEnumerable<KeyValuePair<string, string>> wishes, ControlMoment moment)
    {
        var plan = ControlPlan.Make(All, wishes, _device);
        var outcomes = new OrderedDictionary<string, ControlOutcome>(StringComparer.Ordinal);
        foreach (var step in plan.Steps)
        {
            if (moment is not ControlMoment.Any && step.ChangesLayout != (moment is ControlMoment.BeforeFormat)) continue;
            var outcome = Take(step);
            // Of a mode and its value, both asked for by one wish, the worse is told, else the last.
            if (!outcomes.TryGetValue(step.Wish, out var before) || before.Status is ControlStatus.Set) outcomes[step.Wish] = outcome;
        }

        return moment is ControlMoment.BeforeFormat ? [.. outcomes.Values] : [.. outcomes.Values, .. plan.Mistakes];
    }

    private ControlOutcome Take(ControlStep step)
    {
        var control = step.Control;
        var error = step.Text is null ? _driver.Set(control, step.Value) : _driver.SetText(control, step.Text);
        if (error is not Errno.None) return Told(ControlStatus.Refused, $"would not be set to {step.Shown}: {Why(error)}.");
        if (control.Kind is ControlKind.Button) return Told(ControlStatus.Set, "was pressed.");

        var traits = _driver.Traits(control);
        if ((traits & ControlTraits.Inactive) != 0)
            return Told(ControlStatus.Inactive, $"was set to {step.Shown}, but has no effect for now: another control, mostly an automatic mode, holds it. Set that to manual in Controls too.");
        // What the camera changes by itself, or does not tell, cannot be compared.
        var now = (traits & (ControlTraits.Volatile | ControlTraits.WriteOnly)) == 0 ? Mismatch(step) : null;
        return now is null ? Told(ControlStatus.Set, $"is {step.Shown}.") : Told(ControlStatus.Adjusted, $"was set to {step.Shown}, and the camera made {now} of it.");

        ControlOutcome Told(ControlStatus status, string rest) => new(step.Wish, status, $"Control {control.Name} of {_device} {rest}");
    }

    /// <summary>What is read back instead of what was set; null when it is the same.</summary>
    private string? Mismatch(ControlStep step)
    {
        if (step.Text is not null) return _driver.GetText(step.Control, out var text) is Errno.None && text != step.Text ? $"'{text}'" : null;
        return _driver.Get(step.Control, out var value) is Errno.None && value != step.Value ? step.Control.Show(value) : null;
    }

    private static string Why(Errno error) => error switch
    {
        Errno.EBUSY => "EBUSY, it is held while the camera streams or by another program; it can be set when that has ended",
        Errno.EACCES or Errno.EPERM => "the driver has it for reading only, for now at least; is an automatic mode on?",
        Errno.ERANGE or Errno.EINVAL => $"{error}, the camera does not take this value in its present mode",
        Errno.EIO => "EIO, the camera did not answer; many webcams refuse a value so while its automatic mode is on",
        Errno.ENODEV => "ENODEV, the camera is gone",
        _ => error.ToString(),
    };
}
