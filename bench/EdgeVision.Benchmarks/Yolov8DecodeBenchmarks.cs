using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Benchmarks;

/// <summary>[1, 84, 8400] as YOLOv8 gives it on a street: scores near zero, some ten objects seen by a few anchors each.</summary>
[MemoryDiagnoser]
public class Yolov8DecodeBenchmarks
{
    private const int Anchors = 8400;
    private const int Labels = 80;

    private readonly DetectionList _found = new();
    private ReadOnlyMemory<float>[] _outputs = [];
    private Yolov8Decoder? _decoder;

    [GlobalSetup]
    public void Setup()
    {
        var manifest = new ModelManifest
        {
            Name = "yolov8n",
            Version = "1",
            Family = ModelFamily.Yolov8,
            Licence = "",
            Source = "",
            File = "",
            Sha256 = "",
            Input = new ModelInput { Width = 640, Height = 640, Colour = ColourOrder.Rgb, Resize = ResizeMode.Letterbox },
            ConfidenceThreshold = 0.26f,
        };
        _decoder = new Yolov8Decoder(manifest, Labels, [new TensorSpec("output0", "float32", [1, 4 + Labels, Anchors])], Enumerable.Repeat(0.26f, Labels).ToArray());
        var random = new Random(1);
        var values = new float[(4 + Labels) * Anchors];
        for (var i = 0; i < values.Length; i++) values[i] = i < 4 * Anchors ? 20 + (random.NextSingle() * 600) : random.NextSingle() * 0.05f;
        for (var i = 0; i < 60; i++) values[((4 + (i / 6 * 7 % Labels)) * Anchors) + 6500 + (i / 6 * 170) + (i % 6)] = 0.3f + (random.NextSingle() * 0.6f);
        _outputs = [values];
    }

    [Benchmark]
    public int DecodeAndSuppress()
    {
        _found.Clear();
        _decoder!.TryDecode(_outputs, _found);
        NonMaxSuppression.Apply(_found, 0.7f, 100);
        return _found.Count;
    }

    /// <summary>The other order of loops, anchor by anchor, without suppression and without looking for NaN.</summary>
    [Benchmark]
    public int AnchorByAnchor()
    {
        var values = _outputs[0].Span;
        var found = 0;
        for (var anchor = 0; anchor < Anchors; anchor++)
        {
            for (var id = 0; id < Labels; id++)
            {
                if (values[((4 + id) * Anchors) + anchor] >= 0.26f) found++;
            }
        }

        return found;
    }

    /// <summary>The floor: every number read once.</summary>
    [Benchmark(Baseline = true)]
    public float ReadOnly() => TensorPrimitives.Sum(_outputs[0].Span);
}
