using System.Globalization;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Models;
using OpenCvSharp;
using OpenCvSharp.Dnn;

namespace EdgeVision.Benchmarks;

/// <summary>
/// Our preprocessing against OpenCV's, as its users write it: CvtColor, Resize, CopyMakeBorder, BlobFromImage. All contenders of a row take turns in
/// short blocks, so that a noisy neighbour hits each of them; a figure is the median of its blocks' means, ours beside OpenCV's in the same run.
/// Time is the thread's own on the processor: who else waits for a core does not count. OpenCV may use one thread, as we do.
/// </summary>
internal static class PreprocessComparison
{
    private static readonly (string Name, PixelFormat Pixels, int Width, int Height, int Side)[] Rows =
    [
        ("1080p YUYV -> 416", PixelFormat.Yuyv, 1920, 1080, 416),
        ("1080p NV12 -> 416", PixelFormat.Nv12, 1920, 1080, 416),
        ("1080p BGR  -> 416", PixelFormat.Bgr24, 1920, 1080, 416),
        ("720p  YUYV -> 416", PixelFormat.Yuyv, 1280, 720, 416),
        ("720p  NV12 -> 416", PixelFormat.Nv12, 1280, 720, 416),
        ("720p  I420 -> 416", PixelFormat.I420, 1280, 720, 416),
        ("720p  I422 -> 416", PixelFormat.I422, 1280, 720, 416),
        ("720p  BGR  -> 416", PixelFormat.Bgr24, 1280, 720, 416),
        ("720p  BGRA -> 416", PixelFormat.Bgra32, 1280, 720, 416),
        ("720p  GREY -> 416", PixelFormat.Grey8, 1280, 720, 416),
        ("1080p YUYV -> 640", PixelFormat.Yuyv, 1920, 1080, 640),
        ("1080p NV12 -> 640", PixelFormat.Nv12, 1920, 1080, 640),
        ("1080p BGR  -> 640", PixelFormat.Bgr24, 1920, 1080, 640),
    ];

    /// <param name="blocks">Of each contender.</param>
    /// <param name="only">Rows whose name holds it.</param>
    public static void Run(int blocks, string only)
    {
        Cv2.SetNumThreads(1);
        VectorWidth[] widths = [VectorWidth.Bits512, VectorWidth.Bits256, VectorWidth.Bits128, VectorWidth.None];
        Console.WriteLine("us, median of " + blocks + " interleaved blocks; / OpenCV in brackets. A width the processor lacks is the next narrower one.");
        Console.WriteLine("| | OpenCV | V512 | V256 | V128 | scalar | uint8 NHWC | float16 NCHW | V512, 180° | V512, 90° | V128, 90° | uint8 NHWC, 90° |\n|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var row in Rows.Where(row => row.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            var format = FrameFormat.Packed(row.Pixels, row.Width, row.Height);
            var pixels = new byte[format.SizeInBytes];
            new Random(1).NextBytes(pixels);
            List<Action> contenders = [() => OpenCv(pixels, format, row.Side)];
            contenders.AddRange(widths.Select(width => Ours(pixels, format, row.Side, TensorElement.Float32, TensorLayout.Nchw, width)));
            contenders.Add(Ours(pixels, format, row.Side, TensorElement.UInt8, TensorLayout.Nhwc, VectorWidth.Bits512));
            contenders.Add(Ours(pixels, format, row.Side, TensorElement.Float16, TensorLayout.Nchw, VectorWidth.Bits512));
            contenders.Add(Ours(pixels, format, row.Side, TensorElement.Float32, TensorLayout.Nchw, VectorWidth.Bits512, FrameOrientation.Rotated180));
            contenders.Add(Ours(pixels, format, row.Side, TensorElement.Float32, TensorLayout.Nchw, VectorWidth.Bits512, FrameOrientation.Rotated90));
            contenders.Add(Ours(pixels, format, row.Side, TensorElement.Float32, TensorLayout.Nchw, VectorWidth.Bits128, FrameOrientation.Rotated90));
            contenders.Add(Ours(pixels, format, row.Side, TensorElement.UInt8, TensorLayout.Nhwc, VectorWidth.Bits512, FrameOrientation.Rotated90));
            var medians = ThreadClock.Interleave(contenders, blocks);
            Console.WriteLine($"| {row.Name} | {Text(medians[0])} | " + string.Join(" | ", medians.Skip(1).Select(us =>
                string.Create(CultureInfo.InvariantCulture, $"{us:0} ({us / medians[0]:0.000})"))) + " |");
        }
    }

    private static Action Ours(
        byte[] pixels, FrameFormat format, int side, TensorElement element, TensorLayout layout, VectorWidth width, FrameOrientation orientation = FrameOrientation.Upright)
    {
        var preprocessor = new Preprocessor(
            new ModelInput
            {
                Width = side,
                Height = side,
                Colour = ColourOrder.Rgb,
                Resize = ResizeMode.Letterbox,
                Pad = 114,
                Std = element == TensorElement.UInt8 ? [1, 1, 1] : [255, 255, 255],
                Element = element,
                Layout = layout,
            },
            width);
        return () => preprocessor.TryWrite(pixels, format, orientation, out _);
    }

    private static void OpenCv(byte[] pixels, FrameFormat format, int side)
    {
        var (rows, type, conversion) = format.Pixels switch
        {
            PixelFormat.Yuyv => (format.Height, MatType.CV_8UC2, ColorConversionCodes.YUV2BGR_YUYV),
            PixelFormat.Nv12 => (format.Height * 3 / 2, MatType.CV_8UC1, ColorConversionCodes.YUV2BGR_NV12),
            PixelFormat.I420 => (format.Height * 3 / 2, MatType.CV_8UC1, ColorConversionCodes.YUV2BGR_I420),

            // OpenCV knows no I422: its time is that of YUYV, which holds as much.
            PixelFormat.I422 => (format.Height, MatType.CV_8UC2, ColorConversionCodes.YUV2BGR_YUYV),
            PixelFormat.Bgra32 => (format.Height, MatType.CV_8UC4, ColorConversionCodes.BGRA2BGR),
            PixelFormat.Grey8 => (format.Height, MatType.CV_8UC1, ColorConversionCodes.GRAY2BGR),
            _ => (format.Height, MatType.CV_8UC3, (ColorConversionCodes)(-1)),
        };
        using var source = Mat.FromPixelData(rows, format.Width, type, pixels);
        using var converted = new Mat();
        var bgr = source;
        if ((int)conversion >= 0)
        {
            Cv2.CvtColor(source, converted, conversion);
            bgr = converted;
        }

        var letterbox = Letterbox.Fit(ResizeMode.Letterbox, format.Width, format.Height, side, side);
        using var resized = new Mat();
        Cv2.Resize(bgr, resized, new OpenCvSharp.Size(letterbox.Width, letterbox.Height));
        using var bordered = new Mat();
        Cv2.CopyMakeBorder(resized, bordered, letterbox.Top, side - letterbox.Height - letterbox.Top, letterbox.Left, side - letterbox.Width - letterbox.Left,
            BorderTypes.Constant, Scalar.All(114));
        using var blob = CvDnn.BlobFromImage(bordered, 1 / 255.0, swapRB: true, crop: false);
    }

    private static string Text(double us) => us.ToString("0", CultureInfo.InvariantCulture);
}
