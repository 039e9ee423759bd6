using EdgeVision.Configuration;

namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>Wishes turned into steps for one camera, in the order in which they work; pure.</summary>
internal sealed class ControlPlan
{
    /// <summary>So many names in a sentence; the rest are told by `edgevision camera show`.</summary>
    private const int MostNamed = 24;

    private readonly IReadOnlyList<CameraControl> _controls;
    private readonly string _device;
    private readonly List<ControlStep> _steps = [];
    private readonly List<ControlOutcome> _mistakes = [];

    private ControlPlan(IReadOnlyList<CameraControl> controls, string device) => (_controls, _device) = (controls, device);

    /// <summary>Automatic modes first, otherwise as wished.</summary>
    public IEnumerable<ControlStep> Steps => _steps.OrderBy(s => s.ComesFirst ? 0 : 1);

    /// <summary>Wishes that this camera has no step for.</summary>
    public IReadOnlyList<ControlOutcome> Mistakes => _mistakes;

    /// <param name="controls">What the camera has.</param>
    /// <param name="wishes">Values by name, in the order in which they were wished.</param>
    /// <param name="device">For sentences.</param>
    public static ControlPlan Make(IReadOnlyList<CameraControl> controls, IEnumerable<KeyValuePair<string, string>> wishes, string device)
    {
        var plan = new ControlPlan(controls, device);
        foreach (var (name, value) in wishes) plan.Add(name, value);
        plan.SetModesByHand();
        return plan;
    }

    private void Add(string wish, string value)
    {
        var name = ControlNames.FromLabel(wish);
        var word = ControlNames.Words.FirstOrDefault(w => w.Name == name);
        if (word?.Mode is { } mode && value.Trim().Equals("auto", StringComparison.OrdinalIgnoreCase))
        {
            AddAutomatic(wish, mode);
            return;
        }

        var control = word?.Controls.Select(ById).FirstOrDefault(c => c is not null) ?? _controls.FirstOrDefault(c => c.Name == name);
        if (control is null) Mistake(wish, $"{_device} has no control '{wish}'{Near(name)} It has {Names()}.");
        else if (!control.CanBeSet) Mistake(wish, $"Control {control.Name} of {_device} cannot be set: {(control.Kind is ControlKind.Other ? "it is no single value" : "the driver has it for reading only")}. Take '{wish}' out of Controls.");
        else if (control.Kind is ControlKind.Text) AddText(wish, control, value);
        else if (ControlParser.Read(control, value) is { } number) _steps.Add(new ControlStep(wish, control, number));
        else Mistake(wish, $"Control {control.Name} of {_device} takes {Takes(control)}, and '{value}' was wanted{(ControlParser.Nearest(control, value) is { } nearest ? $"; the nearest is {nearest}" : "")}. Change '{wish}' in Controls.");
    }

    /// <summary>
    /// Whoever gives "exposure" a number wants that number, so the mode that would override it goes off, unless the mode has a wish of its own.
    /// A control under its driver's name is taken literally.
    /// </summary>
    private void SetModesByHand()
    {
        foreach (var step in _steps.ToArray())
        {
            var word = ControlNames.Words.FirstOrDefault(w => w.Name == ControlNames.FromLabel(step.Wish));
            if (word?.Mode is not { } mode || mode.Id == step.Control.Id || _steps.Any(s => s.Control.Id == mode.Id)) continue;
            if (ById(mode.Id) is { CanBeSet: true } control && Knows(control, mode.Manual)) _steps.Add(new ControlStep(step.Wish, control, mode.Manual));
        }
    }

    private void AddAutomatic(string wish, AutomaticMode mode)
    {
        if (ById(mode.Id) is { CanBeSet: true } control)
        {
            foreach (var value in mode.Automatic)
            {
                if (!Knows(control, value)) continue;
                _steps.Add(new ControlStep(wish, control, value));
                return;
            }
        }

        Mistake(wish, $"{_device} has no automatic mode for '{wish}'. Give it a value, or take it out of Controls.");
    }

    private void AddText(string wish, CameraControl control, string value)
    {
        if (value.Length >= control.Minimum && value.Length <= control.Maximum && (ulong)(value.Length - control.Minimum) % control.Step == 0) _steps.Add(new ControlStep(wish, control, 0, value));
        else Mistake(wish, $"Control {control.Name} of {_device} takes {control.Range}, and '{value}' has {value.Length}. Change '{wish}' in Controls.");
    }

    private static bool Knows(CameraControl mode, long value) => mode.Kind is ControlKind.Menu ? mode.Items.Any(i => i.Value == value) : value >= mode.Minimum && value <= mode.Maximum;

    private static string Takes(CameraControl control) => control.Kind switch
    {
        ControlKind.Menu or ControlKind.IntegerMenu => $"one of {string.Join(", ", control.Items.Select(i => $"'{i.Name}'"))}",
        ControlKind.Button => "'press'",
        ControlKind.Integer or ControlKind.Integer64 when control.Step == 1 => $"whole numbers of {control.Range}",
        _ => control.Range,
    };

    private CameraControl? ById(uint id) => _controls.FirstOrDefault(c => c.Id == id);

    private string Near(string name)
    {
        var known = _controls.Where(c => c.CanBeSet).Select(c => c.Name).Concat(ControlNames.Words.Where(w => w.Controls.Any(id => ById(id) is not null)).Select(w => w.Name));
        return Spelling.Nearest(name, known) is { } nearest ? $"; did you mean {nearest}?" : ".";
    }

    private string Names()
    {
        var names = _controls.Where(c => c.CanBeSet).Select(c => c.Name).ToList();
        if (names.Count == 0) return "none that can be set";
        return string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more (edgevision camera show {_device})" : "");
    }

    private void Mistake(string wish, string sentence) => _mistakes.Add(new ControlOutcome(wish, ControlStatus.Mistaken, sentence));
}
