using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>Reads a model's raw outputs: one subclass a family. Keeps nothing of a frame, so it may be shared between threads.</summary>
public abstract class OutputDecoder
{
    /// <summary>The decoder of the package's family.</summary>
    /// <param name="package">Labels, thresholds and what the family must know.</param>
    /// <param name="outputs">As the model really has them, all dimensions known.</param>
    /// <param name="confidenceThreshold">Instead of all the manifest's thresholds; null for those.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises; the message says which were found.</exception>
    public static OutputDecoder Create(ModelPackage package, IReadOnlyList<TensorSpec> outputs, float? confidenceThreshold = null)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(outputs);
        return package.Manifest.Family switch
        {
            ModelFamily.NanoDet => new NanoDetDecoder(package.Manifest, package.Labels.Count, outputs, Thresholds(package, confidenceThreshold)),
            _ => throw new ModelException($"Model '{package.Manifest.Name}' is of family {package.Manifest.Family}, which has no decoder."),
        };
    }

    /// <summary>
    /// Adds every candidate at or above its class's threshold, in input pixels, overlapping ones included. False when the outputs hold numbers that are no numbers;
    /// the list is then cut back to what it held.
    /// </summary>
    /// <param name="outputs">In the order of the model's outputs, dense, batch of one.</param>
    /// <param name="detections">Filled.</param>
    public abstract bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, DetectionList detections);

    /// <summary>Least confidence of each class id.</summary>
    private static float[] Thresholds(ModelPackage package, float? all)
    {
        var thresholds = new float[package.Labels.Count];
        for (var id = 0; id < thresholds.Length; id++)
            thresholds[id] = all ?? package.Manifest.ConfidenceThresholds.GetValueOrDefault(package.Labels[id], package.Manifest.ConfidenceThreshold);
        return thresholds;
    }
}
