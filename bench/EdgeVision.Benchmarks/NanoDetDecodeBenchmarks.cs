using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Benchmarks;

/// <summary>[1, 3549, 124] as the bundled model gives it on a street: scores near zero, some ten objects seen by a few anchors each.</summary>
[MemoryDiagnoser]
public class NanoDetDecodeBenchmarks
{
    private const int Anchors = 3549;
    private const int Labels = 80;
    private const int Columns = Labels + (4 * 11);

    private readonly DetectionList _found = new();
    private ReadOnlyMemory<float>[] _outputs = [];
    private NanoDetDecoder? _decoder;

    [GlobalSetup]
    public void Setup()
    {
        var manifest = new ModelManifest
        {
            Name = "nanodet-g-416",
            Version = "1",
            Family = ModelFamily.NanoDet,
            Licence = "",
            Source = "",
            File = "",
            Sha256 = "",
            Input = new ModelInput { Width = 416, Height = 416, Colour = ColourOrder.Bgr, Resize = ResizeMode.Letterbox },
            Decoder = new DecoderOptions { Strides = [8, 16, 32], RegMax = 10, CentreOffset = 0.5f },
            ConfidenceThreshold = 0.37f,
        };
        _decoder = new NanoDetDecoder(manifest, Labels, [new TensorSpec("output", "float32", [1, Anchors, Columns])], Enumerable.Repeat(0.37f, Labels).ToArray());
        var random = new Random(1);
        var values = new float[Anchors * Columns];
        for (var i = 0; i < values.Length; i++) values[i] = i % Columns < Labels ? random.NextSingle() * 0.05f : (random.NextSingle() * 8) - 4;
        for (var i = 0; i < 50; i++) values[(2600 + (i / 5 * 60) + (i % 5)) * Columns] = 0.4f + (random.NextSingle() * 0.5f);
        _outputs = [values];
    }

    [Benchmark]
    public int DecodeAndSuppress()
    {
        _found.Clear();
        _decoder!.TryDecode(_outputs, _found);
        NonMaxSuppression.Apply(_found, 0.6f, 100);
        return _found.Count;
    }

    /// <summary>The floor: every number read once.</summary>
    [Benchmark(Baseline = true)]
    public float ReadOnly() => TensorPrimitives.Sum(_outputs[0].Span);
}
