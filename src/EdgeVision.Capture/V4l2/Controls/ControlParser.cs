using System.Globalization;
using System.Text;

namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>A value as people write it, for one control.</summary>
internal static class ControlParser
{
    /// <summary>Null when it is none of the control's values.</summary>
    /// <param name="control">Not of kind <see cref="ControlKind.Text"/>, whose value is the text itself, and not <see cref="ControlKind.Other"/>.</param>
    /// <param name="text">As written; surrounding blanks do not matter.</param>
    public static long? Read(CameraControl control, string text)
    {
        text = text.Trim();
        return control.Kind switch
        {
            ControlKind.Boolean => OnOrOff(text),
            ControlKind.Button => OnOrOff(text) is 1 || text.Equals("press", StringComparison.OrdinalIgnoreCase) ? 1 : null,
            ControlKind.Menu => Item(control, text, byNumber: true),
            ControlKind.IntegerMenu => Item(control, text, byNumber: false),
            ControlKind.Bitmask => Number(text) is { } mask && mask >= 0 && (mask & ~control.Maximum) == 0 ? mask : null,
            _ => Number(text) is { } number && IsStep(control, number) ? number : null,
        };
    }

    /// <summary>The nearest value it takes, to be proposed; null when the text is no number.</summary>
    public static long? Nearest(CameraControl control, string text)
    {
        if (control.Kind is not (ControlKind.Integer or ControlKind.Integer64) || Number(text.Trim()) is not { } number) return null;
        number = Math.Clamp(number, control.Minimum, Math.Max(control.Minimum, control.Maximum));
        return (long)((ulong)control.Minimum + (Above(control, number) / control.Step * control.Step));
    }

    private static bool IsStep(CameraControl control, long number) =>
        number >= control.Minimum && number <= control.Maximum && Above(control, number) % control.Step == 0;

    /// <summary>Unsigned: the range of a 64-bit control may be wider than 63 bits.</summary>
    private static ulong Above(CameraControl control, long number) => unchecked((ulong)number - (ulong)control.Minimum);

    private static long? OnOrOff(string text) => text.ToLowerInvariant() switch
    {
        "true" or "on" or "yes" or "1" => 1,
        "false" or "off" or "no" or "0" => 0,
        _ => null,
    };

    /// <summary>"50 Hz", "50hz" or its number; the numbers of an integer menu are its names.</summary>
    private static long? Item(CameraControl menu, string text, bool byNumber)
    {
        var wanted = Bare(text);
        foreach (var item in menu.Items)
        {
            if (Bare(item.Name) == wanted) return item.Value;
        }

        return byNumber && Number(text) is { } number && menu.Items.Any(i => i.Value == number) ? number : null;
    }

    private static string Bare(string text)
    {
        var bare = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (char.IsLetterOrDigit(letter) || letter is '-' or '+' or '.') bare.Append(char.ToLowerInvariant(letter));
        }

        return bare.ToString();
    }

    private static long? Number(string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
