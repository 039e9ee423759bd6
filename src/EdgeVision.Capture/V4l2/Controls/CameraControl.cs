using System.Globalization;

namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>One thing that can be set on a camera, as its driver describes it.</summary>
public sealed record CameraControl
{
    /// <summary>V4L2_CID_….</summary>
    public required uint Id { get; init; }

    /// <summary>As v4l2-ctl writes it: <c>exposure_time_absolute</c>.</summary>
    public required string Name { get; init; }

    /// <summary>As the driver writes it: <c>Exposure Time, Absolute</c>.</summary>
    public required string Label { get; init; }

    /// <summary>The driver's heading it stands under: <c>User Controls</c>.</summary>
    public required string Group { get; init; }

    public required ControlKind Kind { get; init; }

    /// <summary>Least value; of a text least length.</summary>
    public required long Minimum { get; init; }

    /// <summary>Greatest value; of a text greatest length.</summary>
    public required long Maximum { get; init; }

    /// <summary>Values are <see cref="Minimum"/> and whole steps above it.</summary>
    public required ulong Step { get; init; }

    public required long Default { get; init; }

    public required ControlTraits Traits { get; init; }

    /// <summary>Of menus; empty for others.</summary>
    public IReadOnlyList<ControlItem> Items { get; init; } = [];

    /// <summary>Neither for reading only, nor of a kind that has no name for its values.</summary>
    public bool CanBeSet => Kind is not ControlKind.Other && (Traits & (ControlTraits.ReadOnly | ControlTraits.Disabled)) == 0;

    /// <summary>Buttons and texts have none.</summary>
    public bool HasDefault => Kind is not (ControlKind.Button or ControlKind.Text or ControlKind.Other);

    /// <summary>What it takes, for people: <c>1 … 5000, step 1</c>.</summary>
    public string Range => Kind switch
    {
        ControlKind.Boolean => "on or off",
        ControlKind.Button => "press",
        ControlKind.Menu or ControlKind.IntegerMenu => string.Join(", ", Items.Select(i => i.Name)),
        ControlKind.Bitmask => string.Create(CultureInfo.InvariantCulture, $"0x0 … 0x{Maximum:x}"),
        ControlKind.Text => string.Create(CultureInfo.InvariantCulture, $"{Minimum} to {Maximum} characters"),
        ControlKind.Other => "not set by name",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Minimum} … {Maximum}{(Step > 1 ? $", step {Step}" : "")}"),
    };

    /// <summary>A value of it, for people.</summary>
    public string Show(long value) => Kind switch
    {
        ControlKind.Boolean => value == 0 ? "off" : "on",
        ControlKind.Menu or ControlKind.IntegerMenu => Items.FirstOrDefault(i => i.Value == value)?.Name ?? value.ToString(CultureInfo.InvariantCulture),
        ControlKind.Bitmask => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}"),
        _ => value.ToString(CultureInfo.InvariantCulture),
    };
}
