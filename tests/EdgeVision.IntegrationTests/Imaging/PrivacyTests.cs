using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Models;
using SkiaSharp;

namespace EdgeVision.IntegrationTests.Imaging;

/// <summary>
/// Everybody who looks at frames of a masked camera. Two pictures of noise that differ under the mask only must look the same to each of them,
/// in every format and orientation.
/// </summary>
public sealed class PrivacyTests : IDisposable
{
    private const int Width = 46, Height = 31;

    private readonly FramePool _pool = new();

    public void Dispose() => Assert.Equal(0, _pool.Rented);

    public static TheoryData<PixelFormat> Raw => [.. Enum.GetValues<PixelFormat>().Where(static p => p is not PixelFormat.Jpeg)];

    [Theory]
    [MemberData(nameof(Raw))]
    public void No_consumer_sees_a_masked_pixel(PixelFormat pixels)
    {
        foreach (var orientation in Enum.GetValues<FrameOrientation>())
        {
            var format = FrameFormat.Packed(pixels, Width, Height);
            var (first, second) = (new byte[format.SizeInBytes], new byte[format.SizeInBytes]);
            new Random(3).NextBytes(first);
            first.CopyTo(second, 0);
            Spoil(second, format, orientation);
            Assert.NotEqual(first, second);

            foreach (var (name, look) in Consumers()) Assert.True(look(Frame(first)).SequenceEqual(look(Frame(second))), $"{name} sees under the mask of {pixels}, {orientation}");

            // The looks tell pictures apart: without a mask they differ.
            foreach (var (name, look) in Consumers())
                Assert.False(look(OneFrameSource.Mounted(_pool, first, format, orientation)).SequenceEqual(look(OneFrameSource.Mounted(_pool, second, format, orientation))), $"{name} sees nothing");

            Frame Frame(byte[] bytes) => OneFrameSource.Mounted(_pool, bytes, format, orientation, Left(PrivacyMaskMode.Black));
        }
    }

    /// <summary>White all over, and black where the mask is, whoever decodes, at whatever scale; the compressed bytes are handed to nobody.</summary>
    [Theory]
    [InlineData(Codec.Turbo, 1f)]
    [InlineData(Codec.Turbo, 0.25f)]
    [InlineData(Codec.Turbo, 0.125f)]
    [InlineData(Codec.Skia, 1f)]
    [InlineData(Codec.Skia, 0.25f)]
    public void No_consumer_sees_a_masked_pixel_of_a_compressed_picture(Codec codec, float scale)
    {
        var decoder = codec.Open(_pool);
        var jpeg = Pictures.Jpeg(403, 301, 255);
        foreach (var orientation in Enum.GetValues<FrameOrientation>())
        {
            using var frame = OneFrameSource.Mounted(_pool, jpeg, FrameFormat.Jpeg(403, 301), orientation, Left(PrivacyMaskMode.Black));
            Assert.Throws<InvalidOperationException>(() => frame.Pixels.Length);
            using (var clone = frame.Clone(_pool)) Assert.Throws<InvalidOperationException>(() => clone.Pixels.Length);

            using (var written = SKBitmap.Decode(PictureWriter.Encode(frame, PictureFormat.Jpeg))) AssertLeftIsBlack(written);
            using (var drawn = SKBitmap.Decode(new Annotator([]).Encode(frame, []))) AssertLeftIsBlack(drawn);
            Assert.True(decoder.TryDecode(frame, scale, out var beside, out var reason), reason);
            using (beside)
            using (var clone = beside.Clone(_pool))
            using (var drawn = SKBitmap.Decode(new Annotator([]).Encode(clone, [], PictureFormat.Png)))
            {
                Assert.Equal(orientation, beside.Orientation);
                AssertLeftIsBlack(drawn, tolerance: 0);
            }

            Assert.True(decoder.TryDecode(frame, scale, out reason), reason);
            using (var drawn = SKBitmap.Decode(PictureWriter.Encode(frame, PictureFormat.Png))) AssertLeftIsBlack(drawn, tolerance: 0);
        }
    }

    /// <summary>Half of the upright picture, and a little: to between two pixels.</summary>
    private static PrivacyMaskOptions Left(PrivacyMaskMode mode) =>
        new() { Area = new Polygon([new Point(0, 0), new Point(0.52f, 0), new Point(0.52f, 1), new Point(0, 1)]), Mode = mode, BlockShare = 0.1 };

    private static void AssertLeftIsBlack(SKBitmap picture, int tolerance = 24)
    {
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                var pixel = picture.GetPixel(x, y);
                // JPEG written anew frays at edges of 8 pixels.
                if (x < 0.52 * picture.Width - (tolerance > 0 ? 9 : 0)) Assert.True(Math.Max(pixel.Red, Math.Max(pixel.Green, pixel.Blue)) <= tolerance, $"{x},{y}: {pixel}");
                if (x > (0.52 * picture.Width) + 10) Assert.True(pixel.Red > 255 - 24 && pixel.Blue > 255 - 24, $"{x},{y}: {pixel}");
            }
        }
    }

    private static IEnumerable<(string Name, Func<Frame, byte[]> Look)> Consumers()
    {
        yield return ("a reader", static frame => { using (frame) return frame.Pixels.ToArray(); });
        yield return ("a clone's reader", static frame =>
        {
            using (frame)
            using (var clone = frame.Clone(new FramePool())) return clone.Pixels.ToArray();
        }
        );
        yield return ("a detector", static frame =>
        {
            using (frame)
            {
                var preprocessor = new Preprocessor(new ModelInput { Width = 64, Height = 64, Colour = ColourOrder.Rgb, Resize = ResizeMode.Letterbox });
                Assert.True(preprocessor.TryWrite(frame.Pixels, frame.Format, frame.Orientation, out _));
                return preprocessor.Tensor.Bytes.ToArray();
            }
        }
        );
        yield return ("the annotator", static frame => { using (frame) return new Annotator([]).Encode(frame, [], PictureFormat.Png); });
        yield return ("a snapshot", static frame => { using (frame) return PictureWriter.Encode(frame, PictureFormat.Jpeg); });
    }

    /// <summary>Other noise in the samples of pixels whose middle is under the mask.</summary>
    private static void Spoil(byte[] bytes, FrameFormat format, FrameOrientation orientation)
    {
        var random = new Random(9);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                if (UprightX(x, y) >= 0.52) continue;
                foreach (var at in SamplesOf(format, x, y)) bytes[at] = (byte)random.Next(256);
            }
        }

        double UprightX(int x, int y) => orientation switch
        {
            FrameOrientation.Upright or FrameOrientation.MirroredRotated180 => (x + 0.5) / Width,
            FrameOrientation.Mirrored or FrameOrientation.Rotated180 => 1 - ((x + 0.5) / Width),
            FrameOrientation.MirroredRotated270 or FrameOrientation.Rotated270 => (y + 0.5) / Height,
            _ => 1 - ((y + 0.5) / Height),
        };
    }

    private static int[] SamplesOf(FrameFormat format, int x, int y)
    {
        var (row, plane, chroma, half) = (y * format.Stride, format.Stride * Height, format.ChromaStride, (Height + 1) / 2);
        return format.Pixels switch
        {
            PixelFormat.Yuyv => [row + (2 * x), row + (x / 2 * 4) + 1, row + (x / 2 * 4) + 3],
            PixelFormat.Uyvy => [row + (2 * x) + 1, row + (x / 2 * 4), row + (x / 2 * 4) + 2],
            PixelFormat.Nv12 or PixelFormat.Nv21 => [row + x, plane + (y / 2 * chroma) + (x / 2 * 2), plane + (y / 2 * chroma) + (x / 2 * 2) + 1],
            PixelFormat.I420 => [row + x, plane + (y / 2 * chroma) + (x / 2), plane + ((half + (y / 2)) * chroma) + (x / 2)],
            PixelFormat.I422 => [row + x, plane + (y * chroma) + (x / 2), plane + ((Height + y) * chroma) + (x / 2)],
            PixelFormat.I444 => [row + x, plane + (y * chroma) + x, plane + ((Height + y) * chroma) + x],
            _ => [.. Enumerable.Range(row + (x * FrameFormat.BytesPerPixel(format.Pixels)), FrameFormat.BytesPerPixel(format.Pixels))],
        };
    }
}
