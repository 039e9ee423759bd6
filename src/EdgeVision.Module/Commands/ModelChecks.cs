using System.Globalization;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Module.Commands;

/// <summary>Looks at a model in every way in which it can be useless, from the manifest to what it finds in pictures whose answer is known.</summary>
internal sealed class ModelChecks
{
    private readonly List<ModelCheck> _checks = [];

    private ModelChecks()
    {
    }

    /// <summary>All checks in order; the package is null when it is none.</summary>
    public static async Task<(ModelPackage? Package, IReadOnlyList<ModelCheck> Checks)> RunAsync(ModelLocation location, CancellationToken stopping)
    {
        var checks = new ModelChecks();
        var package = checks.Read(location);
        if (package is not null && checks.IsWhole(package)) await checks.TryAsync(package, stopping);
        checks._checks.AddRange(((ReadOnlySpan<string>)["manifest", "sha256", "file", "runtime", "shapes", "run", "alive", "golden"]).ToArray()
            .Where(name => checks._checks.All(c => c.Name != name)).Select(ModelCheck.Skip));
        return (package, checks._checks);
    }

    private ModelPackage? Read(ModelLocation location)
    {
        try
        {
            var package = ModelPackage.Read(location.Find(), location.Manifest);
            var assumed = package.Assumptions.Count == 0 ? null : $"complete but for {string.Join(" and ", package.Assumptions)}, where its family usually starts; not measured on this model.";
            _checks.Add(assumed is null ? ModelCheck.Pass("manifest", $"{package.Manifest.Name} {package.Manifest.Version}, {package.Labels.Count} labels, licence {package.Manifest.Licence}.") : ModelCheck.Warn("manifest", assumed));
            return package;
        }
        catch (ModelException e)
        {
            _checks.Add(ModelCheck.Fail("manifest", e.Message));
            return null;
        }
    }

    private bool IsWhole(ModelPackage package) =>
        Succeeds("sha256", package.VerifyWeights, package.BareManifest is null ? "matches the manifest." : $"is {package.Manifest.Sha256}; a bare file has none to match.")
        && Succeeds("file", () => package.ReadHeader().RefuseExternalData(package.WeightsPath), "an ONNX model in one file.");

    private bool Succeeds(string name, Action check, string reason)
    {
        try
        {
            check();
            _checks.Add(ModelCheck.Pass(name, reason));
            return true;
        }
        catch (ModelException e)
        {
            _checks.Add(ModelCheck.Fail(name, e.Message));
            return false;
        }
    }

    private async Task TryAsync(ModelPackage package, CancellationToken stopping)
    {
        OnnxModel model;
        try
        {
            model = OnnxModel.Open(package, Configuration.OptionsReader.Defaults(OnnxOptions.Read), NullLogger.Instance);
        }
        catch (ModelException e)
        {
            // What the runtime itself said stands inside; without that it was content, and the shapes are not those of the manifest.
            if (e.InnerException is null) _checks.Add(ModelCheck.Pass("runtime", "ONNX Runtime loads it."));
            _checks.Add(ModelCheck.Fail(e.InnerException is null ? "shapes" : "runtime", e.Message));
            return;
        }

        using (model)
        {
            _checks.Add(ModelCheck.Pass("runtime", "ONNX Runtime loads it."));
            _checks.Add(ModelCheck.Pass("shapes", $"input {model.Input}, outputs {string.Join(" and ", model.Outputs.Take(4))}{(model.Outputs.Count > 4 ? " …" : "")}, {package.Labels.Count} labels."));
            var pictures = new GoldenPictures(package);
            if (!await RunsAsync(model, stopping)) return;
            if (await IsAliveAsync(model, pictures, stopping)) await FindsAsync(model, pictures, stopping);
        }
    }

    /// <summary>A grey picture: every output must be a number.</summary>
    private async Task<bool> RunsAsync(OnnxModel model, CancellationToken stopping)
    {
        var (pool, detections, format) = (new FramePool(), new DetectionList(), FrameFormat.Packed(PixelFormat.Bgr24, 640, 480));
        using var detector = model.CreateDetector(TimeProvider.System);
        var pixels = pool.Rent(format.SizeInBytes);
        pixels.Memory.Span.Fill(114);
        using var frame = new Frame(pixels, format, format.SizeInBytes, 0, TimeProvider.System.GetUtcNow(), TimeProvider.System.GetTimestamp());
        var status = await detector.DetectAsync(frame, detections, stopping);
        _checks.Add(status is DetectionStatus.Ok
            ? ModelCheck.Pass("run", string.Create(CultureInfo.InvariantCulture, $"one frame in {detections.Timings.Infer.TotalMilliseconds:0.0} ms, all outputs are numbers."))
            : ModelCheck.Fail("run", $"a grey picture gave {status}: an output is NaN or infinite, or the runtime failed. Export it again, in float32."));
        return status is DetectionStatus.Ok;
    }

    /// <summary>
    /// A model that works has noise. Thresholds fall by tens, so that the first one that lets anything through lets little through; below
    /// the last every score is 0, as after a quantisation that rounded them away.
    /// </summary>
    private async Task<bool> IsAliveAsync(OnnxModel model, GoldenPictures pictures, CancellationToken stopping)
    {
        for (var threshold = 0.1f; threshold > 1e-9f; threshold /= 10)
        {
            foreach (var picture in pictures.ForLife())
            {
                using (picture)
                {
                    var found = new DetectionList();
                    using var detector = model.CreateDetector(TimeProvider.System, new DetectorOptions { ConfidenceThreshold = threshold });
                    if (await detector.DetectAsync(picture, found, stopping) is not DetectionStatus.Ok || found.Count == 0) continue;
                    _checks.Add(ModelCheck.Pass("alive", string.Create(CultureInfo.InvariantCulture, $"its best score on a test picture is {found.Span[0].Confidence:0.#####}.")));
                    return true;
                }
            }
        }

        var postprocessed = model.Package.Manifest.NmsIou is null;
        _checks.Add(new ModelCheck("alive", postprocessed ? "warn" : "fail", postprocessed
            ? "it finds nothing in a test picture at any threshold; its graph may leave out what is not sure. Give it a golden sample."
            : "every score is 0 on a test picture: it runs and would never find anything, as after a quantisation across boxes and scores. Quantise it again without its last Concat, or use the float model."));
        return postprocessed;
    }

    private async Task FindsAsync(OnnxModel model, GoldenPictures pictures, CancellationToken stopping)
    {
        var samples = model.Package.Manifest.Golden;
        if (samples.Count == 0)
        {
            _checks.Add(ModelCheck.Warn("golden", "no golden samples: whether it finds the right things is not known. Add 'golden' to model.json (docs/models.md)."));
            return;
        }

        var objects = samples.Sum(static s => s.Objects.Count);
        var told = $"{objects} objects in {samples.Count} {(samples.Count == 1 ? "picture" : "pictures")} are found as expected";
        var mistakes = await MistakesAsync(model, pictures, stopping);
        if (mistakes.Count > 0)
            _checks.Add(ModelCheck.Fail("golden", $"{string.Join("; ", mistakes.Take(10))}{(mistakes.Count > 10 ? $"; and {mistakes.Count - 10} more" : "")}. The model or its preprocessing is not what it was when the samples were made."));
        else if (objects > 0 && await FitsSwappedColoursAsync(model.Package, pictures, stopping))
            _checks.Add(ModelCheck.Warn("golden", $"{told}, but also with bgr for rgb: these samples cannot tell whether 'colour' is right. Take a more colourful picture, or lower confidenceTolerance."));
        else
            _checks.Add(ModelCheck.Pass("golden", told + "."));
    }

    /// <summary>The commonest mistake of all costs little confidence on a grey street: a sample that forgives it proves less than it seems to.</summary>
    private static async Task<bool> FitsSwappedColoursAsync(ModelPackage package, GoldenPictures pictures, CancellationToken stopping)
    {
        using var swapped = OnnxModel.Open(package.WithSwappedColours(), Configuration.OptionsReader.Defaults(OnnxOptions.Read), NullLogger.Instance);
        return (await MistakesAsync(swapped, pictures, stopping)).Count == 0;
    }

    private static async Task<List<string>> MistakesAsync(OnnxModel model, GoldenPictures pictures, CancellationToken stopping)
    {
        var mistakes = new List<string>();
        using var detector = model.CreateDetector(TimeProvider.System);
        foreach (var sample in model.Package.Manifest.Golden)
        {
            stopping.ThrowIfCancellationRequested();
            try
            {
                using var frame = pictures.Open(sample);
                var found = new DetectionList();
                var status = await detector.DetectAsync(frame, found, stopping);
                var wrong = status is DetectionStatus.Ok ? GoldenVerdict.Compare(sample, found.Span, frame.Width, frame.Height, model.Package) : [$"the detector answered {status}"];
                mistakes.AddRange(wrong.Take(5).Select(w => $"{sample.Picture}: {w}"));
            }
            catch (Exception e) when (e is ModelException or PictureException)
            {
                mistakes.Add(e.Message.TrimEnd('.'));
            }
        }

        return mistakes;
    }
}
