using System.Globalization;

namespace EdgeVision.Module.Commands;

/// <summary>"1 picture", "2 pictures".</summary>
internal static class Counted
{
    public static string Of(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");
}
