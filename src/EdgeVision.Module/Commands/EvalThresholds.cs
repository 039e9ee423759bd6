using System.Globalization;
using EdgeVision.Evaluation;
using EdgeVision.Models;

namespace EdgeVision.Module.Commands;

/// <summary><c>--write-thresholds</c>: the proposal goes into the package's manifest, whole or not at all.</summary>
internal static class EvalThresholds
{
    /// <exception cref="CommandException">The model has no manifest to write to.</exception>
    public static void Check(string model)
    {
        if (File.Exists(model)) throw new CommandException($"'{model}' is a file without a manifest, so --write-thresholds has nowhere to write; put it into a folder with a {ModelPackage.ManifestName} and give that folder.");
    }

    /// <exception cref="CommandException">There is nothing to write, or it cannot be written; the manifest is as it was.</exception>
    public static void Write(string model, EvalRun run, EvaluationResult result, ThresholdProposal proposal)
    {
        if (proposal.Global is not { } global)
            throw new CommandException("No threshold was written: nothing was found right at any confidence, where a best F1 was expected. Check that pictures, annotations and model belong together.");
        var labels = new Dictionary<string, double?>(StringComparer.Ordinal);
        for (var i = 0; i < result.Categories.Count; i++)
        {
            if (result.Categories[i].Count > 0 && run.Labels!.ClassOf(i) is var classId and >= 0) labels[run.Model!.Labels[classId]] = proposal.Own(i)?.Threshold;
        }

        var path = Path.Combine(model, ModelPackage.ManifestName);
        path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var manifest = ManifestThresholds.Set(EvalFiles.Read(path, "--model", ModelManifest.MaxBytes), global.Threshold, labels);
        // Reading it again costs nothing, and a manifest that cannot be read would cost the node its model.
        ModelManifest.Parse(manifest, path);
        Replace(path, manifest);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Wrote threshold {global.Threshold:0.00} and {labels.Values.Count(static t => t is not null)} of single classes to '{path}'."));
    }

    /// <summary>A power cut leaves the old file or the new one.</summary>
    private static void Replace(string path, byte[] content)
    {
        var temporary = path + ".new";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(temporary, File.GetUnixFileMode(path));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The thresholds could not be written to '{path}': {e.Message} Copy the package to a folder this user may write to and name it with --model.", e);
        }
    }
}
