namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>One control to be set to one value.</summary>
/// <param name="Wish">The name in the configuration that asked for it.</param>
/// <param name="Control">As the driver described it.</param>
/// <param name="Value">Of numbers; 0 for texts.</param>
/// <param name="Text">Of texts; null for numbers.</param>
internal sealed record ControlStep(string Wish, CameraControl Control, long Value, string? Text = null)
{
    /// <summary>Changes what frames look like in memory, so it comes before the format.</summary>
    public bool ChangesLayout => (Control.Traits & ControlTraits.ChangesLayout) != 0;

    /// <summary>Automatic modes first: while one is on, what it holds is refused or without effect.</summary>
    public bool ComesFirst => ControlNames.IsAutomatic(Control.Id) || (Control.Traits & ControlTraits.ChangesOthers) != 0 || Control.Name.Contains("auto", StringComparison.Ordinal);

    /// <summary>The value, for people.</summary>
    public string Shown => Text is null ? Control.Show(Value) : $"'{Text}'";
}
