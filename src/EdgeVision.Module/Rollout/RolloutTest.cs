using System.Globalization;
using EdgeVision.Inference;
using EdgeVision.Module.Commands;
using EdgeVision.Onnx;
using EdgeVision.Rollout;

namespace EdgeVision.Module.Rollout;

/// <summary>Everything a model must do before a camera looks with it.</summary>
internal static class RolloutTest
{
    private const int Rounds = 5;

    /// <summary>What <c>model verify</c> checks. Null when it passes, otherwise what fails.</summary>
    public static async Task<string?> WhyNotAsync(RolloutOptions options, ModelLocation location, CancellationToken stopping)
    {
        var (package, checks) = await ModelChecks.RunAsync(location, stopping);
        var failed = checks.Where(static c => c.Result == "fail").Select(static c => $"{c.Name}: {c.Reason}").ToList();
        if (failed.Count > 0) return string.Join(" ", failed);
        return package!.Manifest.Golden.Sum(static g => g.Objects.Count) == 0 && !options.AllowWithoutGolden
            ? "It brings no picture with objects that it should find, so nobody knows whether it sees; add 'golden' to its model.json (docs/models.md), or allow it with AllowWithoutGolden."
            : null;
    }

    /// <summary>Opened as the cameras will use it. Null when it is quick and small enough.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="model">Open.</param>
    /// <param name="addedBytes">What the process grew by when it was opened.</param>
    /// <param name="time">Of the detector.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task<string?> WhyNotAsync(RolloutOptions options, OnnxModel model, long addedBytes, TimeProvider time, CancellationToken stopping)
    {
        if (options.MaxMemory > 0 && addedBytes > options.MaxMemory)
            return Sentence($"It adds {addedBytes / 1e6:0} MB to the process, {options.MaxMemory / 1e6:0} are allowed (MaxMemoryMegabytes).");
        if (options.MaxLatency == TimeSpan.Zero) return null;
        var (took, found) = (new List<TimeSpan>(), new DetectionList());
        using var detector = model.CreateDetector(time);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var picture in new GoldenPictures(model.Package).ForLife())
            {
                using (picture)
                {
                    found.Clear();
                    if (await detector.DetectAsync(picture, found, stopping) is DetectionStatus.Ok) took.Add(found.Timings.Infer);
                }
            }
        }

        if (took.Count == 0) return "It answers none of its own pictures.";
        took.Sort();
        return took[took.Count / 2] is var median && median > options.MaxLatency
            ? Sentence($"It takes {median.TotalMilliseconds:0.0} ms for one of its own pictures, {options.MaxLatency.TotalMilliseconds:0} are allowed (MaxLatencyMs).")
            : null;
    }

    private static string Sentence(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
