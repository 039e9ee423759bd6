using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using SkiaSharp;

namespace EdgeVision.IntegrationTests.Imaging;

public sealed class ScaledJpegTests : IDisposable
{
    private const int Width = 640, Height = 480;

    private static readonly Box Face = new(100, 80, 260, 300);

    private readonly FramePool _pool = new();

    public void Dispose() => Assert.Equal(0, _pool.Rented);

    [Fact]
    public void What_is_blurred_is_nobodys_and_the_rest_stays_as_it_was()
    {
        using var frame = Noise(1);
        using var other = Noise(1, changed: Face);

        using var blurred = Decode(ScaledJpeg.Of(frame, new PictureShape(Width, 100, Blurred: [Face])));
        using var plain = Decode(ScaledJpeg.Of(frame, new PictureShape(Width, 100)));

        // Eight dots on the longer side: noise is all grey in such large dots.
        Assert.True(Spread(plain, Face) > 40, $"{Spread(plain, Face)}");
        Assert.True(Spread(blurred, Face) < 12, $"{Spread(blurred, Face)}");
        for (var x = 300; x < 600; x += 7) Assert.InRange(blurred.GetPixel(x, 200).Green - plain.GetPixel(x, 200).Green, -12, 12);
        // The dots of another face differ by little more than the noise of so few samples.
        using var another = Decode(ScaledJpeg.Of(other, new PictureShape(Width, 100, Blurred: [Face])));
        Assert.InRange(Math.Abs(another.GetPixel(180, 190).Green - blurred.GetPixel(180, 190).Green), 0, 24);
    }

    public static TheoryData<string, Box, int, int> Crops => new()
    {
        { "inside", new Box(100, 80, 260, 300), 160, 220 },
        { "beyond the edges", new Box(-50, -50, 100, 1000), 100, 480 },
        { "a sliver", new Box(10.2f, 10.2f, 10.4f, 10.4f), 1, 1 },
        { "beside the frame, which then is the picture", new Box(700, 10, 800, 20), 320, 240 },
        { "wider than asked for", new Box(0, 0, 640, 100), 320, 50 },
    };

    [Theory]
    [MemberData(nameof(Crops))]
    public void A_crop_is_what_of_the_box_lies_in_the_frame(string row, Box crop, int width, int height)
    {
        Assert.NotEmpty(row);
        using var frame = Noise(2);
        var picture = ScaledJpeg.Of(frame, new PictureShape(320, 80, crop));
        Assert.Equal((width, height), (picture.Width, picture.Height));
        using var decoded = Decode(picture);
        Assert.Equal((width, height), (decoded.Width, decoded.Height));
    }

    [Fact]
    public void A_crop_shows_nobody_who_is_blurred()
    {
        using var frame = Noise(3);
        using var cut = Decode(ScaledJpeg.Of(frame, new PictureShape(Width, 100, Face, Blurred: [Face])));
        Assert.True(Spread(cut, new Box(0, 0, cut.Width, cut.Height)) < 12);
    }

    [Theory]
    [InlineData(float.NaN, 0, 10, 10)]
    [InlineData(0, 0, float.PositiveInfinity, 10)]
    [InlineData(20, 20, 10, 10)]
    public void A_box_that_is_none_harms_nothing(float left, float top, float right, float bottom)
    {
        using var frame = Noise(4);
        var box = new Box(left, top, right, bottom);
        Assert.InRange(ScaledJpeg.Of(frame, new PictureShape(Width, 80, box, [box])).Width, 1, Width);
    }

    private Frame Noise(int seed, Box? changed = null)
    {
        var buffer = _pool.Rent(Width * Height * 3);
        var pixels = buffer.Memory.Span[..(Width * Height * 3)];
        new Random(seed).NextBytes(pixels);
        if (changed is { } box)
        {
            var other = new Random(99);
            for (var y = (int)box.Top; y < box.Bottom; y++) other.NextBytes(pixels.Slice(((y * Width) + (int)box.Left) * 3, (int)box.Width * 3));
        }

        return new Frame(buffer, FrameFormat.Packed(PixelFormat.Bgr24, Width, Height), Width * Height * 3, 1, default, 0);
    }

    private static SKBitmap Decode(ScaledJpeg picture) => SKBitmap.Decode(picture.Bytes);

    /// <summary>Standard deviation of green.</summary>
    private static double Spread(SKBitmap picture, Box box)
    {
        var values = new List<double>();
        for (var y = (int)box.Top + 2; y < box.Bottom - 2; y += 3)
            for (var x = (int)box.Left + 2; x < box.Right - 2; x += 3) values.Add(picture.GetPixel(x, y).Green);
        var mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }
}
