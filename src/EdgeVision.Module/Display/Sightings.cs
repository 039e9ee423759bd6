using System.Globalization;
using EdgeVision.Inference;

namespace EdgeVision.Module.Display;

/// <summary>What the newest frame of a camera showed, in a few words: <c>person ×3 91 %, dog 64 %</c>.</summary>
internal static class Sightings
{
    private const int MaxLast = 8;

    public static string Describe(CameraTelemetry camera, IReadOnlyList<string> labels)
    {
        if (camera.Condition is not CameraCondition.Runs || camera.IsPaused || camera.IsGateClosed) return "–";
        var last = new Detection[MaxLast];
        var count = camera.CopyLast(last);
        var words = last.Take(count)
            .GroupBy(d => d.ClassId)
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"{labels[g.Key]}{(g.Count() > 1 ? $" ×{g.Count()}" : "")} {g.Max(d => d.Confidence) * 100:0} %"));
        return count == 0 ? "–" : string.Join(", ", words);
    }
}
