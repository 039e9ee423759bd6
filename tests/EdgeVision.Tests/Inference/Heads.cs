using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Inference;

/// <summary>Manifests and decoders for tests, without files.</summary>
internal static class Heads
{
    public const float Threshold = 0.5f;

    public static ModelManifest Manifest(ModelFamily family, int width = 64, int height = 64, DecoderOptions? decoder = null, params int[] classIds) => new()
    {
        Name = "toy",
        Version = "1",
        Family = family,
        Licence = "none",
        Source = "test",
        File = "model.onnx",
        Sha256 = new string('0', 64),
        Input = new ModelInput { Width = width, Height = height, Colour = ColourOrder.Bgr, Resize = ResizeMode.Stretch },
        Decoder = decoder ?? new DecoderOptions(),
        ConfidenceThreshold = Threshold,
        ClassIds = classIds,
    };

    public static TensorSpec Spec(params int[] dimensions) => new("out", "float32", dimensions);

    public static TensorSpec Named(string name, params int[] dimensions) => new(name, "float32", dimensions);

    /// <summary>With one threshold for all labels.</summary>
    public static OutputDecoder Create(ModelManifest manifest, int labels, params TensorSpec[] outputs) =>
        OutputDecoder.Create(manifest, labels, outputs, Enumerable.Repeat(Threshold, labels).ToArray());

    /// <summary>What was found; the test fails when the decoder calls the frame broken.</summary>
    public static Detection[] Decode(OutputDecoder decoder, params float[][] outputs)
    {
        var list = new DetectionList();
        Assert.True(TryDecode(decoder, list, outputs));
        return list.Span.ToArray();
    }

    public static bool TryDecode(OutputDecoder decoder, DetectionList list, params float[][] outputs) =>
        decoder.TryDecode(outputs.Select(static o => new ReadOnlyMemory<float>(o)).ToArray(), list);

    /// <summary>What the decoder says of outputs that do not fit.</summary>
    public static string Refuse(ModelManifest manifest, int labels, params TensorSpec[] outputs) =>
        Assert.Throws<ModelException>(() => Create(manifest, labels, outputs)).Message;
}
