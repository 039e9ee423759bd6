using CsCheck;
using EdgeVision.Evaluation;

namespace EdgeVision.Tests.Evaluation;

/// <summary>Small annotated sets.</summary>
internal static class Made
{
    /// <summary>Pictures of 100 × 100 pixels with ids 1, 2 …, categories c0, c1 … with ids 10, 11 ….</summary>
    public static AnnotatedSet Set(int images, int categories, params GroundTruth[] objects) => new(
        [.. Enumerable.Range(1, images).Select(i => new AnnotatedImage(i, $"{i}.jpg", 100, 100))],
        [.. Enumerable.Range(0, categories).Select(i => new AnnotatedCategory(10 + i, $"c{i}"))],
        objects);

    public static GroundTruth Object(CocoBox box, int image = 0, int category = 0, bool crowd = false) => new(image, category, box, crowd);

    public static ScoredDetection Found(CocoBox box, double confidence, int image = 0, int category = 0) => new(image, category, box, confidence);

    public static CocoBox Square(double x, double y, double side = 10) => new(x, y, side, side);

    public static readonly Gen<CocoBox> Boxes =
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[1, 40], Gen.Int[1, 40], static (x, y, w, h) => new CocoBox(x, y, w, h));

    /// <summary>3 pictures, 3 categories, up to 12 objects, some of them crowds.</summary>
    public static readonly Gen<AnnotatedSet> Sets =
        Gen.Select(Boxes, Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 4], static (box, image, category, crowd) => Object(box, image, category, crowd == 0))
            .Array[1, 12].Select(static objects => Set(3, 3, objects));

    /// <summary>Confidences are all different, so that no order is left to chance.</summary>
    public static readonly Gen<ScoredDetection[]> Detections =
        Gen.Select(Boxes, Gen.Int[0, 2], Gen.Int[0, 2], static (box, image, category) => Found(box, 0, image, category))
            .Array[0, 25].Select(static found => found.Select((d, i) => d with { Confidence = ((i * 37 % 101) + 1) / 103.0 }).ToArray());
}
