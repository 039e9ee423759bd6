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
        return Create(package.Manifest, package.Labels.Count, outputs, Thresholds(package, confidenceThreshold));
    }

    /// <summary>
    /// Adds every candidate at or above its class's threshold, in input pixels, overlapping ones included, at most <see cref="Candidates.Max"/>.
    /// Every class over its threshold is a candidate of its own, as in the references. False when the outputs hold numbers that are no numbers, or a
    /// class id beyond the labels; the list is then cut back to what it held.
    /// </summary>
    /// <param name="outputs">In the order of the model's outputs, dense, batch of one.</param>
    /// <param name="detections">Filled.</param>
    public bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, DetectionList detections)
    {
        ArgumentNullException.ThrowIfNull(detections);
        var candidates = new Candidates(detections);
        var decoded = TryDecode(outputs, ref candidates);
        if (decoded) candidates.Complete();
        else candidates.Withdraw();
        return decoded;
    }

    internal static OutputDecoder Create(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds) => manifest.Family switch
    {
        ModelFamily.NanoDet => new NanoDetDecoder(manifest, labels, outputs, thresholds),
        ModelFamily.Yolox => new YoloxDecoder(manifest, labels, outputs, thresholds),
        ModelFamily.Yolov5 => new Yolov5Decoder(manifest, labels, outputs, thresholds),
        ModelFamily.Yolov8 => new Yolov8Decoder(manifest, labels, outputs, thresholds),
        ModelFamily.EndToEnd => new EndToEndDecoder(manifest, labels, outputs, thresholds),
        ModelFamily.TfObjectDetection => new TfObjectDetectionDecoder(manifest, labels, outputs, thresholds),
        ModelFamily.UltraFace => new UltraFaceDecoder(manifest, labels, outputs, thresholds),
        ModelFamily.YuNet => new YuNetDecoder(manifest, labels, outputs, thresholds),
        ModelFamily.Detr => new DetrDecoder(manifest, labels, outputs, thresholds),
        _ => throw new ModelException($"Model '{manifest.Name}' is of family {manifest.Family}, which has no decoder."),
    };

    /// <summary>Adds the candidates; false for a broken frame, whatever was added by then.</summary>
    protected abstract bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, ref Candidates candidates);

    /// <summary>Least confidence of each class id.</summary>
    private static float[] Thresholds(ModelPackage package, float? all)
    {
        var thresholds = new float[package.Labels.Count];
        for (var id = 0; id < thresholds.Length; id++)
            thresholds[id] = all ?? package.Manifest.ConfidenceThresholds.GetValueOrDefault(package.Labels[id], package.Manifest.ConfidenceThreshold);
        return thresholds;
    }
}
