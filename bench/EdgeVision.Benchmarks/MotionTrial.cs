using System.Globalization;
using EdgeVision.Configuration;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Motion;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Benchmarks;

/// <summary>
/// What motion gating saves and what it misses. The detector looks at every frame: that is the truth. Beside it gates with several options say which frames they
/// would have let through; for the others the last one that they let through has to stand.
/// </summary>
internal static class MotionTrial
{
    private const float SameObject = 0.5f;

    /// <param name="clips">MJPEG files, each perhaps followed by @ and its frames a second; without any, what a look at the gate costs is measured instead.</param>
    public static async Task RunAsync(string[] clips)
    {
        using var model = OnnxModel.Open(ModelPackage.Load("models/nanodet-g-416"), new OnnxOptions(0), NullLogger.Instance);
        using var detector = model.CreateDetector(TimeProvider.System);
        if (clips.Length == 0)
        {
            await MotionCost.RunAsync(detector);
            return;
        }

        Console.WriteLine("| clip | frames | options | not inferred | of the moving frames | skipped, counts differ | objects missed | longest stale | detector alone: counts differ | objects without a partner |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var argument in clips)
        {
            var clip = MotionClip.Load(argument);
            await TryAsync(clip, detector);
            await TryAsync(clip.BetweenStillMinutes(), detector);
        }
    }

    private static async Task TryAsync(MotionClip clip, OnnxDetector detector)
    {
        var gates = Gates();
        var wanted = gates.ConvertAll(_ => new bool[clip.Frames.Count]);
        var truth = new List<Detection[]>(clip.Frames.Count);
        var found = new DetectionList();
        for (var i = 0; i < clip.Frames.Count; i++)
        {
            using var frame = clip.FrameAt(i);
            found.Clear();
            if (await detector.DetectAsync(frame, found, CancellationToken.None) is not DetectionStatus.Ok) throw new InvalidOperationException("The detector failed.");
            truth.Add(found.Span.ToArray());
            for (var gate = 0; gate < gates.Count; gate++) wanted[gate][i] = gates[gate].Gate.Wants(frame);
        }

        for (var gate = 0; gate < gates.Count; gate++) Report(clip, gates[gate].Name, truth, wanted[gate]);
    }

    private static List<(string Name, MotionGate Gate)> Gates()
    {
        var defaults = OptionsReader.Defaults(MotionOptions.Read);
        return
        [
            Gate("defaults", defaults),
            Gate("HoldSeconds 0", defaults with { Hold = TimeSpan.Zero }),
            Gate("Threshold 4", defaults with { Threshold = 4 }),
            Gate("Threshold 16", defaults with { Threshold = 16 }),
            Gate("MinArea 0.005", defaults with { MinArea = 0.005 }),
            Gate("MinArea 0.005, HoldSeconds 0", defaults with { MinArea = 0.005, Hold = TimeSpan.Zero }),
        ];

        static (string, MotionGate) Gate(string name, MotionOptions options) => (name, new MotionGate(options, TimeProvider.System));
    }

    private static void Report(MotionClip clip, string name, List<Detection[]> truth, bool[] wanted)
    {
        var (skipped, moving, differ, missed, objects, stale, longest, flicker, fresh) = (0, 0, 0, 0, 0, 0, 0, 0, 0);
        var looked = Array.Empty<Detection>();
        for (var i = 0; i < truth.Count; i++)
        {
            objects += truth[i].Length;
            if (i > 0 && !SameCounts(truth[i], truth[i - 1])) flicker++;
            if (i > 0) fresh += Unmatched(truth[i], truth[i - 1]);
            if (wanted[i])
            {
                (looked, stale) = (truth[i], 0);
                continue;
            }

            skipped++;
            if (i >= clip.MovesFrom && i < clip.MovesUntil) moving++;
            missed += Unmatched(truth[i], looked);
            if (SameCounts(truth[i], looked)) stale = 0;
            else
            {
                differ++;
                longest = Math.Max(longest, ++stale);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {clip.Name} | {truth.Count} | {name} | {Percent(skipped, truth.Count)} | {moving} of {clip.MovesUntil - clip.MovesFrom} | {Percent(differ, truth.Count)} | {missed} of {objects} ({Percent(missed, objects)}) | {longest / clip.Fps:0.0} s | {Percent(flicker, truth.Count - 1)} | {Percent(fresh, objects)} |"));
    }

    private static bool SameCounts(Detection[] one, Detection[] other) =>
        one.Select(static d => d.ClassId).Order().SequenceEqual(other.Select(static d => d.ClassId).Order());

    /// <summary>Objects that no object of the same class covers by half (intersection over union); each covers one, best first.</summary>
    private static int Unmatched(Detection[] objects, Detection[] known)
    {
        var free = known.ToList();
        var unmatched = 0;
        foreach (var found in objects)
        {
            var best = free.Where(k => k.ClassId == found.ClassId && k.Box.IntersectionOverUnion(found.Box) >= SameObject).OrderByDescending(k => k.Box.IntersectionOverUnion(found.Box)).Take(1).ToList();
            if (best.Count == 0) unmatched++;
            else free.Remove(best[0]);
        }

        return unmatched;
    }

    private static string Percent(int part, int whole) => whole == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.0} %");
}
