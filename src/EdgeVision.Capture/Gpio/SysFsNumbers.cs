using System.Globalization;

namespace EdgeVision.Capture.Gpio;

/// <summary>The numbers that sysfs gives to lines: each chip has a base, which it keeps until the next start of the machine and perhaps not longer.</summary>
/// <param name="classFolder">/sys/class/gpio.</param>
/// <param name="busFolder">/sys/bus/gpio/devices.</param>
internal sealed class SysFsNumbers(string classFolder, string busFolder)
{
    public static readonly SysFsNumbers OfThisMachine = new("/sys/class/gpio", "/sys/bus/gpio/devices");

    /// <summary>Null when the chip is not there, or cannot be told from another.</summary>
    public int? BaseOf(GpioChipFacts chip)
    {
        try
        {
            if (!Directory.Exists(classFolder)) return null;
            var alike = Directory.GetDirectories(classFolder, "gpiochip*").Where(d => Text(d, "label") == chip.Label && Number(d, "ngpio") == chip.Lines.Count).ToList();
            if (alike.Count > 1) alike = [.. alike.Where(d => Device(d) is { } device && device == Device(Path.Combine(busFolder, chip.Name)))];
            return alike.Count == 1 ? Number(alike[0], "base") : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">It is not exported.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public void Unexport(int number) => File.WriteAllText(Path.Combine(classFolder, "unexport"), number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The folder of the device that both faces of a chip lie in: …/gpio/gpiochip504 and …/gpiochip0.</summary>
    private static string? Device(string link)
    {
        var target = (Directory.ResolveLinkTarget(link, returnFinalTarget: true) as DirectoryInfo)?.Parent;
        return (target?.Name == "gpio" ? target.Parent : target)?.FullName;
    }

    private static string Text(string folder, string file) => File.ReadAllText(Path.Combine(folder, file)).Trim();

    private static int? Number(string folder, string file) => int.TryParse(Text(folder, file), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
