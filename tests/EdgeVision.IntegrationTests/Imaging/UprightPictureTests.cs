using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.IntegrationTests.Inference;
using OpenCvSharp;
using SkiaSharp;
using Box = EdgeVision.Geometry.Box;

namespace EdgeVision.IntegrationTests.Imaging;

/// <summary>What people are shown of a frame: its colours as OpenCV has them, and the right way up.</summary>
public sealed class UprightPictureTests : IDisposable
{
    private readonly FramePool _pool = new();

    public void Dispose() => Assert.Equal(0, _pool.Rented);

    public static TheoryData<PixelFormat> Raw => [.. Enum.GetValues<PixelFormat>().Where(static p => p is not PixelFormat.Jpeg)];

    /// <summary>OpenCV computes in fixed point: two grey levels off at most.</summary>
    [Theory]
    [MemberData(nameof(Raw))]
    public void A_frame_shows_what_opencv_takes_it_for(PixelFormat pixels)
    {
        OpenCvNative.SkipIfAbsent();
        using var photograph = Cv2.ImRead(Path.Combine(Repository.Root, "tests/assets/people/sample1.jpg"));
        using var small = new Mat();
        Cv2.Resize(photograph, small, new Size(96, 64), interpolation: InterpolationFlags.Area);

        // OpenCV knows no I422: it is YUYV with its samples elsewhere.
        var (bytes, bgr) = OpenCvFrame.Of(small, pixels is PixelFormat.I422 ? PixelFormat.Yuyv : pixels);
        using var oracle = bgr;
        if (pixels is PixelFormat.I422) bytes = [.. Every(bytes, 0, 2), .. Every(bytes, 1, 4), .. Every(bytes, 3, 4)];
        var format = FrameFormat.Packed(pixels, 96, 64, pixels is PixelFormat.I444 ? YuvEncoding.Bt601Full : YuvEncoding.Bt601Limited);
        foreach (var orientation in Enum.GetValues<FrameOrientation>())
        {
            using var frame = OneFrameSource.Mounted(_pool, bytes, format, orientation);
            using var shown = BgraPicture.Copy(frame);
            using var expected = Turn(oracle, orientation);
            Assert.Equal((expected.Width, expected.Height), (shown.Width, shown.Height));
            var most = 0;
            for (var y = 0; y < shown.Height; y++)
            {
                for (var x = 0; x < shown.Width; x++)
                {
                    var (is_, should) = (shown.GetPixel(x, y), expected.At<Vec3b>(y, x));
                    most = Math.Max(most, Math.Max(Math.Abs(is_.Blue - should.Item0), Math.Max(Math.Abs(is_.Green - should.Item1), Math.Abs(is_.Red - should.Item2))));
                }
            }

            Assert.InRange(most, 0, FrameFormat.BytesPerPixel(pixels) > 0 ? 0 : 2);
        }
    }

    /// <summary>Primaries of the standards, as in the tests of preprocessing.</summary>
    [Theory]
    [InlineData(YuvEncoding.Bt601Limited, 81, 90, 240, 255, 0, 0)]
    [InlineData(YuvEncoding.Bt601Limited, 16, 128, 128, 0, 0, 0)]
    [InlineData(YuvEncoding.Bt601Limited, 255, 128, 128, 255, 255, 255)]
    [InlineData(YuvEncoding.Bt601Full, 29, 255, 107, 0, 0, 255)]
    [InlineData(YuvEncoding.Bt709Limited, 173, 42, 26, 0, 255, 0)]
    [InlineData(YuvEncoding.Bt709Full, 54, 99, 255, 255, 0, 0)]
    public void Colours_are_of_the_frames_encoding(YuvEncoding encoding, byte y, byte u, byte v, byte red, byte green, byte blue)
    {
        using var frame = OneFrameSource.Mounted(_pool, [y, u, v], FrameFormat.Packed(PixelFormat.I444, 1, 1, encoding), FrameOrientation.Upright);
        using var shown = BgraPicture.Copy(frame);
        var pixel = shown.GetPixel(0, 0);
        Assert.InRange(Math.Abs(pixel.Red - red), 0, 2);
        Assert.InRange(Math.Abs(pixel.Green - green), 0, 2);
        Assert.InRange(Math.Abs(pixel.Blue - blue), 0, 2);
    }

    [Fact]
    public void Odd_sides_and_padding_are_read_in_every_format()
    {
        foreach (var pixels in Enum.GetValues<PixelFormat>())
        {
            if (pixels is PixelFormat.Jpeg) continue;
            var format = new FrameFormat(pixels, 5, 3, FrameFormat.RowBytes(pixels, 5) + 3, YuvEncoding.Bt601Full);
            var bytes = new byte[format.SizeInBytes];
            Array.Fill<byte>(bytes, 128);
            using var frame = OneFrameSource.Mounted(_pool, bytes, format, FrameOrientation.Rotated90);
            using var shown = BgraPicture.Copy(frame);
            Assert.Equal((3, 5), (shown.Width, shown.Height));
            for (var y = 0; y < 5; y++)
            {
                for (var x = 0; x < 3; x++) Assert.Equal(new SKColor(128, 128, 128), shown.GetPixel(x, y));
            }
        }
    }

    /// <summary>Boxes are of the upright source picture, whatever is stored of it.</summary>
    [Fact]
    public void Boxes_are_drawn_where_they_are_in_the_upright_picture()
    {
        var format = FrameFormat.Packed(PixelFormat.Nv12, 320, 240);
        var grey = new byte[format.SizeInBytes];
        Array.Fill<byte>(grey, 128);
        using var frame = OneFrameSource.Mounted(_pool, grey, format, FrameOrientation.Rotated90).OfSource(640, 480);
        var png = new Annotator(["a"]).Encode(frame, [new Detection(0, 0.9f, new Box(200, 300, 400, 500))], PictureFormat.Png);
        using var shown = SKBitmap.Decode(png);
        Assert.Equal((240, 320), (shown.Width, shown.Height));
        Assert.Equal(ClassPalette.Of(0), shown.GetPixel(100, 200));
        Assert.Equal(ClassPalette.Of(0), shown.GetPixel(199, 200));
        Assert.Equal(shown.GetPixel(5, 5), shown.GetPixel(150, 220));
    }

    [Theory]
    [InlineData(FrameOrientation.Rotated90)]
    [InlineData(FrameOrientation.Mirrored)]
    public void A_jpeg_that_is_not_upright_is_not_handed_through(FrameOrientation orientation)
    {
        using var flag = Pictures.Flag(_pool, 64, 32);
        var jpeg = PictureWriter.Encode(flag, PictureFormat.Jpeg, 95);
        using var frame = OneFrameSource.Mounted(_pool, jpeg, FrameFormat.Jpeg(64, 32), orientation);
        using var shown = SKBitmap.Decode(PictureWriter.Encode(frame, PictureFormat.Jpeg, 95));
        Assert.Equal(orientation is FrameOrientation.Mirrored ? (64, 32) : (32, 64), (shown.Width, shown.Height));
        using var upright = OneFrameSource.Mounted(_pool, jpeg, FrameFormat.Jpeg(64, 32), FrameOrientation.Upright);
        Assert.Equal(jpeg, PictureWriter.Encode(upright, PictureFormat.Jpeg));

        // The flag's red half is at the left; mirrored at the right, turned clockwise at the top.
        var red = orientation is FrameOrientation.Mirrored ? shown.GetPixel(56, 24) : shown.GetPixel(8, 8);
        Assert.True(red is { Red: > 200, Blue: < 60 }, $"{red}");
    }

    private static Mat Turn(Mat picture, FrameOrientation orientation)
    {
        var turned = picture.Clone();
        var name = orientation.ToString();
        if (name.StartsWith("Mirrored", StringComparison.Ordinal)) Cv2.Flip(turned, turned, FlipMode.Y);
        if (name.EndsWith("90", StringComparison.Ordinal)) Cv2.Rotate(turned, turned, RotateFlags.Rotate90Clockwise);
        if (name.EndsWith("180", StringComparison.Ordinal)) Cv2.Rotate(turned, turned, RotateFlags.Rotate180);
        if (name.EndsWith("270", StringComparison.Ordinal)) Cv2.Rotate(turned, turned, RotateFlags.Rotate90Counterclockwise);
        return turned;
    }

    private static IEnumerable<byte> Every(byte[] bytes, int from, int step) => Enumerable.Range(0, (bytes.Length - from + step - 1) / step).Select(i => bytes[from + (i * step)]);
}
