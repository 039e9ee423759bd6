using System.Globalization;
using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Benchmarks;

/// <summary>
/// What privacy masks cost a frame of 1080p beside its preprocessing, in turns: two polygons that cover 20 % of the picture. Every run takes the next of several
/// frames that together are larger than the caches, as a camera's buffers are.
/// </summary>
internal static class MaskComparison
{
    private const int Buffers = 12;

    /// <summary>A quadrilateral of 12 % and a triangle of 8 %.</summary>
    private static readonly Point[][] Areas =
    [
        [new(0.05f, 0.1f), new(0.35f, 0.1f), new(0.35f, 0.5f), new(0.05f, 0.5f)],
        [new(0.55f, 0.95f), new(0.95f, 0.95f), new(0.75f, 0.55f)],
    ];

    public static void Run(int blocks)
    {
        Console.WriteLine("us, median of " + blocks + " interleaved blocks; / preprocessing in brackets.");
        Console.WriteLine("| | preprocess -> 416 | black | pixelate | black + preprocess | pixelate + preprocess |\n|---|---|---|---|---|---|");
        foreach (var pixels in new[] { PixelFormat.Yuyv, PixelFormat.Nv12 })
        {
            var format = FrameFormat.Packed(pixels, 1920, 1080);
            var frames = new byte[Buffers][];
            for (var i = 0; i < Buffers; i++) new Random(i).NextBytes(frames[i] = new byte[format.SizeInBytes]);
            var (black, pixelate) = (Plan(format, PrivacyMaskMode.Black), Plan(format, PrivacyMaskMode.Pixelate));
            var preprocessor = new Preprocessor(new ModelInput { Width = 416, Height = 416, Colour = ColourOrder.Rgb, Resize = ResizeMode.Letterbox, Std = [255, 255, 255] });
            var next = 0;
            var medians = ThreadClock.Interleave(
                [
                    () => Preprocess(Next()),
                    () => black.Apply(Next()),
                    () => pixelate.Apply(Next()),
                    () => { var frame = Next(); black.Apply(frame); Preprocess(frame); },
                    () => { var frame = Next(); pixelate.Apply(frame); Preprocess(frame); },
                ],
                blocks);
            Console.WriteLine($"| 1080p {pixels} | " + string.Join(" | ", medians.Select(us => string.Create(CultureInfo.InvariantCulture, $"{us:0} ({us / medians[0]:0.00})"))) + " |");

            byte[] Next() => frames[next = (next + 1) % Buffers];

            void Preprocess(byte[] frame) => preprocessor.TryWrite(frame, format, out _);
        }
    }

    private static PrivacyMaskPlan Plan(FrameFormat format, PrivacyMaskMode mode) =>
        new(new PrivacyMaskKind(format, FrameOrientation.Upright, IsReduced: false), [.. Areas.Select(points => new PrivacyMaskOptions { Area = new Polygon(points), Mode = mode, BlockShare = 0.04 })]);
}
