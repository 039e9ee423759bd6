using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using OpenCvSharp;
using OpenCvSharp.Dnn;
using Size = OpenCvSharp.Size;

namespace EdgeVision.IntegrationTests.Inference;

/// <summary>
/// OpenCV's cvtColor, resize, copyMakeBorder and blobFromImage as the oracle: what models were trained behind. Bars in bytes of 255: BGR at most
/// 1.5 away, YUV 0.3 in the mean.
/// </summary>
public sealed class PreprocessorOracleTests
{
    private const double MostOfBgr = 1.5;
    private const double MeanOfYuv = 0.3;

    public static TheoryData<string, PixelFormat, int, int, int, int> Frames
    {
        get
        {
            var rows = new TheoryData<string, PixelFormat, int, int, int, int>();
            foreach (var pixels in new[]
            {
                PixelFormat.Bgr24, PixelFormat.Rgb24, PixelFormat.Bgra32, PixelFormat.Rgba32, PixelFormat.Grey8, PixelFormat.Yuyv, PixelFormat.Uyvy,
                PixelFormat.Nv12, PixelFormat.Nv21, PixelFormat.I420, PixelFormat.I444,
            })
            {
                rows.Add("720p", pixels, 1280, 720, 416, 416);
                rows.Add("1080p", pixels, 1920, 1080, 416, 416);
                rows.Add("tall, a little smaller", pixels, 300, 500, 320, 416);
                rows.Add("enlarged", pixels, 160, 120, 416, 416);
                rows.Add("halved", pixels, 832, 832, 416, 416);
                rows.Add("as it is", pixels, 320, 240, 320, 240);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_photograph_is_what_opencv_makes_of_it(string name, PixelFormat pixels, int width, int height, int inputWidth, int inputHeight)
    {
        Assert.NotEmpty(name);
        OpenCvNative.SkipIfAbsent();
        using var photograph = Photograph(width, height);
        var (mean, most) = Compare(photograph, pixels, inputWidth, inputHeight);
        TestContext.Current.SendDiagnosticMessage($"{name} {pixels} {width}x{height}: mean {mean:0.000}, most {most:0.00}");
        if (IsYuv(pixels)) Assert.InRange(mean, 0, MeanOfYuv);
        else Assert.InRange(most, 0, MostOfBgr);
    }

    /// <summary>The worst case of a picture: every pixel differs from its neighbours by anything.</summary>
    [Theory]
    [InlineData(1280, 720, 416)]
    [InlineData(1920, 1080, 416)]
    [InlineData(1001, 777, 640)]
    [InlineData(333, 500, 416)]
    [InlineData(160, 120, 416)]
    public void Even_noise_is_what_opencv_makes_of_it(int width, int height, int side)
    {
        OpenCvNative.SkipIfAbsent();
        using var noise = new Mat(height, width, MatType.CV_8UC3);
        Cv2.SetTheRNG(7);
        Cv2.Randu(noise, Scalar.All(0), Scalar.All(256));
        foreach (var pixels in new[] { PixelFormat.Bgr24, PixelFormat.Rgb24, PixelFormat.Bgra32, PixelFormat.Rgba32, PixelFormat.Grey8 })
        {
            var (mean, most) = Compare(noise, pixels, side, side);
            TestContext.Current.SendDiagnosticMessage($"noise {pixels} {width}x{height}: mean {mean:0.000}, most {most:0.00}");
            Assert.InRange(most, 0, MostOfBgr);
        }
    }

    [Fact]
    public void A_region_is_what_opencv_makes_of_the_same_part()
    {
        OpenCvNative.SkipIfAbsent();
        using var photograph = Photograph(640, 480);
        var region = new PixelRegion(101, 53, 333, 217);
        foreach (var pixels in new[] { PixelFormat.Bgr24, PixelFormat.Yuyv, PixelFormat.Nv12, PixelFormat.I420 })
        {
            var (mean, most) = Compare(photograph, pixels, 416, 416, region);
            TestContext.Current.SendDiagnosticMessage($"region {pixels}: mean {mean:0.000}, most {most:0.00}");
            if (IsYuv(pixels)) Assert.InRange(mean, 0, MeanOfYuv);
            else Assert.InRange(most, 0, MostOfBgr);
        }
    }

    private static (double Mean, double Most) Compare(Mat bgr, PixelFormat pixels, int width, int height, PixelRegion? part = null)
    {
        var (bytes, oracle) = OpenCvFrame.Of(bgr, pixels);
        using var _ = oracle;
        var encoding = pixels == PixelFormat.I444 ? YuvEncoding.Bt601Full : YuvEncoding.Bt601Limited;
        var format = FrameFormat.Packed(pixels, bgr.Width, bgr.Height, encoding);
        var region = part ?? new PixelRegion(0, 0, bgr.Width, bgr.Height);
        var input = new ModelInput { Width = width, Height = height, Colour = ColourOrder.Rgb, Resize = ResizeMode.Letterbox, Pad = 114, Mean = [10, 20, 30], Std = [50, 60, 70] };
        var preprocessor = new Preprocessor(input);
        Assert.True(preprocessor.TryWrite(bytes, format, region, out var letterbox));

        using var seen = new Mat(oracle, new Rect(region.Left, region.Top, region.Width, region.Height));
        using var resized = new Mat();
        Cv2.Resize(seen, resized, new Size(letterbox.Width, letterbox.Height));
        using var bordered = new Mat();
        Cv2.CopyMakeBorder(resized, bordered, letterbox.Top, height - letterbox.Height - letterbox.Top, letterbox.Left, width - letterbox.Width - letterbox.Left,
            BorderTypes.Constant, Scalar.All(114));
        using var blob = CvDnn.BlobFromImage(bordered, swapRB: true, crop: false);
        unsafe
        {
            return Difference(new ReadOnlySpan<float>((void*)blob.Data, 3 * width * height), preprocessor.Tensor.Floats, input);
        }
    }

    private static (double Mean, double Most) Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> normalised, ModelInput input)
    {
        var (sum, most, plane) = (0.0, 0.0, input.Width * input.Height);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs((normalised[i] * input.Std[i / plane]) + input.Mean[i / plane] - expected[i]);
            sum += difference;
            most = Math.Max(most, difference);
        }

        return (sum / expected.Length, most);
    }

    private static bool IsYuv(PixelFormat pixels) => FrameFormat.BytesPerPixel(pixels) == 0;

    private static Mat Photograph(int width, int height)
    {
        using var photograph = Cv2.ImRead(Path.Combine(Repository.Root, "tests/assets/people/sample1.jpg"));
        var sized = new Mat();
        Cv2.Resize(photograph, sized, new Size(width, height), interpolation: InterpolationFlags.Area);
        return sized;
    }
}
