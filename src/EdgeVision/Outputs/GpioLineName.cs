using System.Globalization;

namespace EdgeVision.Outputs;

/// <summary>
/// A GPIO line as people write it: by chip and number (<c>gpiochip0/17</c>, <c>/dev/gpiochip0:17</c>, <c>pinctrl-bcm2711/17</c> by the
/// chip's label), or by the name that the board gives it (<c>GPIO17</c>). Text only: whether there is such a line, the kernel says.
/// </summary>
/// <param name="Text">As written.</param>
/// <param name="Chip">Name, label or device node of the chip; null when the line is named.</param>
/// <param name="Offset">Number of the line on its chip; 0 when the line is named.</param>
public readonly record struct GpioLineName(string Text, string? Chip, int Offset)
{
    /// <summary>No chip has so many lines; a larger number is a mistyped one.</summary>
    public const int MaxOffset = 65535;

    /// <summary>GPIO_MAX_NAME_SIZE of the kernel less the zero at the end; paths of device nodes may be longer.</summary>
    private const int MaxNameLength = 31, MaxPathLength = 255;

    private const string DeviceFolder = "/dev/";

    /// <summary>The board's name of the line; null when it is written by chip and number.</summary>
    public string? Name => Chip is null ? Text : null;

    /// <summary>Never throws.</summary>
    /// <param name="text">Whatever somebody wrote.</param>
    /// <param name="line">What it means; <see langword="default"/> when it means nothing.</param>
    /// <param name="wrong">Null when it is fine, otherwise the rest of a sentence that begins with the value.</param>
    public static bool TryParse(string? text, out GpioLineName line, out string? wrong)
    {
        line = default;
        wrong = Mistake(text ?? "");
        if (wrong is not null) return false;
        line = Split(text!, out var chip, out var number) ? new GpioLineName(text!, chip, number) : new GpioLineName(text!, null, 0);
        return true;
    }

    public override string ToString() => Text ?? "";

    private static string? Mistake(string text)
    {
        const string Expected = "write chip and number (gpiochip0/17) or the line's name (GPIO17)";
        if (text.Length == 0) return $"is empty; {Expected}";
        if (text.Length > MaxPathLength) return $"is longer than {MaxPathLength} characters; {Expected}";
        if (text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.Trim().Length != text.Length) return $"begins or ends with a space or holds a control character; {Expected}";
        if (text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0) return "is a number without its chip; write gpiochip0/17, or the line's name";
        if (Split(text, out var chip, out var number)) return OfChip(chip, number);
        if (text.StartsWith("gpiochip", StringComparison.Ordinal) || text.StartsWith(DeviceFolder, StringComparison.Ordinal)) return $"is a chip without the number of a line; {Expected}";
        return text.Length > MaxNameLength ? $"is longer than the {MaxNameLength} characters that the kernel keeps of a name; {Expected}" : null;
    }

    private static string? OfChip(string chip, int number)
    {
        if (number < 0) return $"has a line number above {MaxOffset}; count the lines with: edgevision gpio list";
        if (chip.Length == 0) return "has no chip before the number; write gpiochip0/17";
        if (chip.StartsWith('/')) return chip.StartsWith(DeviceFolder, StringComparison.Ordinal) && chip.Length > DeviceFolder.Length ? null : "is no device below /dev; write /dev/gpiochip0:17";
        return chip.Length > MaxNameLength ? $"has a chip of more than {MaxNameLength} characters; see: edgevision gpio list" : null;
    }

    /// <summary>True when the text ends in a separator and digits. Labels hold dots, dashes and colons (<c>INT34C5:00/3</c>), so the last separator counts.</summary>
    /// <param name="text">As written.</param>
    /// <param name="chip">What stands before the separator, perhaps nothing.</param>
    /// <param name="number">-1 when it is too large for any chip.</param>
    private static bool Split(string text, out string chip, out int number)
    {
        (chip, number) = ("", 0);
        var separator = text.AsSpan().LastIndexOfAny('/', ':');
        if (separator < 0 || separator == text.Length - 1 || text.AsSpan(separator + 1).ContainsAnyExceptInRange('0', '9')) return false;
        chip = text[..separator];
        number = int.TryParse(text.AsSpan(separator + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed <= MaxOffset ? parsed : -1;
        return true;
    }
}
