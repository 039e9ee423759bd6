using System.Globalization;

namespace EdgeVision.Module.Remote;

/// <summary>Instants as events write them: RFC 3339, UTC, milliseconds.</summary>
internal static class Times
{
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
