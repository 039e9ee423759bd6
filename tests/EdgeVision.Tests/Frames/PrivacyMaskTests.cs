using CsCheck;
using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Tests.Doubles;
using EdgeVision.Tests.Geometry;
using EdgeVision.Tests.Inference;

namespace EdgeVision.Tests.Frames;

public sealed class PrivacyMaskTests
{
    private static readonly PixelFormat[] Formats = [.. Enum.GetValues<PixelFormat>().Where(static p => p is not PixelFormat.Jpeg)];

    private static readonly Gen<Point> Points = Gen.Select(Gen.Float[0, 1], Gen.Float[0, 1]).Select(static p => new Point(p.Item1, p.Item2));

    private static readonly Gen<Case> Cases =
        from pixels in Gen.Int[0, Formats.Length - 1].Select(static i => Formats[i])
        from encoding in Gen.Enum<YuvEncoding>()
        from orientation in Gen.Enum<FrameOrientation>()
        from width in Gen.Int[1, 30]
        from height in Gen.Int[1, 20]
        from padding in Gen.OneOf(Gen.Const(0), Gen.Int[0, 9])
        from areas in Points.List[3, 6].List[1, 2]
        from reduced in Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 7]))
        from seed in Gen.Int
        select new Case(
            new FrameFormat(pixels, width, height, FrameFormat.RowBytes(pixels, width) + padding, encoding), orientation,
            [.. areas.Select(static a => (IReadOnlyList<Point>)a)], reduced == 0 ? null : ((width * 8) - reduced, (height * 8) - Math.Min(reduced, height)), seed);

    /// <summary>
    /// Two pictures that differ where an area lies, and only there, are the same after masking: so nothing that looks at the pixels can know anything of the area.
    /// </summary>
    [Fact]
    public void Nothing_of_a_blacked_out_area_is_left_in_any_byte() => Cases.Sample(static c =>
    {
        var (first, second) = (Noise(c.Format, c.Seed), Noise(c.Format, c.Seed));
        var random = new Random(c.Seed + 1);
        foreach (var (x, y) in PixelsIn(c))
        {
            foreach (var at in TurnedPicture.SamplesOf(c.Format, x, y)) second[at] = (byte)random.Next(256);
        }

        Assert.Equal(Masked(c, first, PrivacyMaskMode.Black), Masked(c, second, PrivacyMaskMode.Black));
    }, iter: 1000);

    [Fact]
    public void A_blacked_out_pixel_is_black() => Cases.Sample(static c =>
    {
        var masked = Masked(c, Noise(c.Format, c.Seed), PrivacyMaskMode.Black);
        var limited = c.Format.Yuv is YuvEncoding.Bt601Limited or YuvEncoding.Bt709Limited;
        byte[] black = FrameFormat.BytesPerPixel(c.Format.Pixels) switch
        {
            0 => [limited ? (byte)16 : (byte)0, 128, 128],
            1 => [0],
            3 => [0, 0, 0],
            _ => [0, 0, 0, 255],
        };
        foreach (var (x, y) in PixelsIn(c)) Assert.Equal(black, TurnedPicture.SamplesOf(c.Format, x, y).Select(at => masked[at]));
    }, iter: 300);

    /// <summary>Beyond the rounding: one pixel more around each touched one, one again for a reduced picture, and whatever shares chroma or a block with those.</summary>
    [Fact]
    public void Pixels_outside_are_untouched() => Cases.Sample(static c =>
    {
        foreach (var mode in Enum.GetValues<PrivacyMaskMode>())
        {
            var original = Noise(c.Format, c.Seed);
            var masked = Masked(c, original, mode);
            var side = Math.Max(4, (int)(0.1 * Math.Max(c.Format.Width, c.Format.Height)));
            var around = (c.Source is null ? 2 : 3) + (mode is PrivacyMaskMode.Black ? 1 : 2 * side);
            var may = new bool[original.Length];
            foreach (var (x, y) in PixelsNear(c))
            {
                for (var ny = Math.Max(0, y - around); ny <= Math.Min(c.Format.Height - 1, y + around); ny++)
                {
                    for (var nx = Math.Max(0, x - around); nx <= Math.Min(c.Format.Width - 1, x + around); nx++)
                    {
                        foreach (var at in TurnedPicture.SamplesOf(c.Format, nx, ny)) may[at] = true;
                    }
                }
            }

            for (var i = 0; i < original.Length; i++)
            {
                // The second luma of a pair that is half outside the picture.
                if (!may[i] && !IsBesideThePicture(c.Format, i)) Assert.True(original[i] == masked[i], $"{mode}: byte {i} of {c.Format}");
            }
        }
    }, iter: 300);

    [Fact]
    public void A_pixelated_block_is_the_mean_of_its_pixels()
    {
        // A third of the longer side: two columns of blocks, one row, edges at even pixels; the area lies in the right one.
        foreach (var pixels in Formats)
        {
            var format = new FrameFormat(pixels, 22, 9, FrameFormat.RowBytes(pixels, 22) + 3, YuvEncoding.Bt709Full);
            var original = Noise(format, 3);
            var pool = new FramePool();
            using var frame = Masks.Mounted(pool, original, format, FrameOrientation.Upright, Masks.Live(Masks.Area("0.6,0.1 0.7,0.1 0.7,0.2", PrivacyMaskMode.Pixelate, 0.45)));
            var masked = frame.Pixels;
            var expected = (byte[])original.Clone();
            var samples = TurnedPicture.SamplesOf(format, 0, 0).Length;
            for (var s = 0; s < samples; s++)
            {
                var places = new HashSet<int>();
                for (var y = 0; y < 9; y++)
                {
                    for (var x = 10; x < 22; x++) places.Add(TurnedPicture.SamplesOf(format, x, y)[s]);
                }

                var mean = (byte)Math.Floor(places.Average(at => (double)original[at]) + 0.5);
                foreach (var at in places) expected[at] = mean;
            }

            Assert.Equal(expected, masked);
        }
    }

    /// <summary>Blocks wider and higher than what is summed up at once.</summary>
    [Fact]
    public void A_large_block_has_the_right_mean()
    {
        var format = FrameFormat.Packed(PixelFormat.Rgb24, 700, 600);
        var original = Noise(format, 8);
        var pool = new FramePool();
        using var frame = Masks.Mounted(pool, original, format, FrameOrientation.Upright, Masks.Live(Masks.Area("0,0 1,0 1,1 0,1", PrivacyMaskMode.Pixelate, 0.99)));
        for (var colour = 0; colour < 3; colour++)
        {
            var sum = 0L;
            for (var i = colour; i < original.Length; i += 3) sum += original[i];
            var mean = (byte)((sum + (original.Length / 6)) / (original.Length / 3));
            for (var i = colour; i < original.Length; i += 3) Assert.Equal(mean, frame.Pixels[i]);
        }
    }

    [Fact]
    public void Black_wins_over_pixels_and_is_not_in_their_means()
    {
        foreach (var pixels in Formats)
        {
            var format = FrameFormat.Packed(pixels, 32, 16);
            PrivacyMaskOptions[] areas = [Masks.Area("0,0 1,0 1,1 0,1", PrivacyMaskMode.Pixelate, 0.25), Masks.Area("0.1,0.2 0.6,0.2 0.6,0.7 0.1,0.7")];
            var c = new Case(format, FrameOrientation.Upright, [areas[1].Area.Corners], null, 0);
            var (first, second) = (Noise(format, 4), Noise(format, 4));
            foreach (var (x, y) in PixelsIn(c))
            {
                foreach (var at in TurnedPicture.SamplesOf(format, x, y)) second[at] ^= 0x55;
            }

            var pool = new FramePool();
            using var one = Masks.Mounted(pool, first, format, FrameOrientation.Upright, Masks.Live(areas));
            using var other = Masks.Mounted(pool, second, format, FrameOrientation.Upright, Masks.Live(areas));
            Assert.True(one.Pixels.SequenceEqual(other.Pixels), $"{pixels}");
            var luma = format.Yuv is YuvEncoding.Bt601Limited && FrameFormat.BytesPerPixel(pixels) == 0 ? 16 : 0;
            foreach (var (x, y) in PixelsIn(c)) Assert.Equal(luma, one.Pixels[TurnedPicture.SamplesOf(format, x, y)[0]]);
        }
    }

    [Fact]
    public void A_known_kind_of_frame_is_masked_without_allocation()
    {
        var format = FrameFormat.Packed(PixelFormat.Nv12, 320, 180);
        var pool = new FramePool();
        var live = Masks.Live(Masks.Area("0,0 0.5,0 0.5,0.5"), Masks.Area("0.5,0.5 1,0.5 1,1", PrivacyMaskMode.Pixelate));
        var frames = Enumerable.Range(0, 20).Select(_ => Masks.Mounted(pool, Noise(format, 1), format, FrameOrientation.Rotated90, live)).ToArray();
        var next = 0;
        while (next < 4) _ = frames[next++].Pixels[0];
        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < 3; i++) _ = frames[next++].Pixels[0];
        }));
        foreach (var frame in frames) frame.Dispose();
        Assert.Equal(0, pool.Rented);
    }

    private static byte[] Masked(Case c, byte[] pixels, PrivacyMaskMode mode)
    {
        var pool = new FramePool();
        var live = Masks.Live([.. c.Areas.Select(a => Masks.Area(a, mode, 0.1))]);
        byte[] masked;
        using (var frame = Masks.Mounted(pool, pixels, c.Format, c.Orientation, live, c.Source)) masked = frame.Pixels.ToArray();
        Assert.Equal(0, pool.Rented);
        return masked;
    }

    /// <summary>Pixels some of whose parts lie in an area.</summary>
    private static List<(int X, int Y)> PixelsIn(Case c) => Pixels(c, 0.1, 0.3, 0.5, 0.7, 0.9);

    /// <summary>The same, and pixels that a sliver of an area may touch without.</summary>
    private static List<(int X, int Y)> PixelsNear(Case c)
    {
        var near = Pixels(c, 0.1, 0.5, 0.9);
        var (width, height) = (c.Format.Width, c.Format.Height);
        foreach (var corners in c.Areas)
        {
            for (var i = 0; i < corners.Count; i++)
            {
                var (a, b) = (corners[i], corners[(i + 1) % corners.Count]);
                for (var t = 0.0; t <= 1; t += 1.0 / 128)
                {
                    var (across, down) = c.Orientation.Upright(width, height);
                    var at = c.Orientation.ToStored(new Point((float)((a.X + ((b.X - a.X) * t)) * across), (float)((a.Y + ((b.Y - a.Y) * t)) * down)), width, height);
                    near.Add((Math.Clamp((int)at.X, 0, width - 1), Math.Clamp((int)at.Y, 0, height - 1)));
                }
            }
        }

        return near;
    }

    private static List<(int X, int Y)> Pixels(Case c, params double[] parts)
    {
        var found = new List<(int X, int Y)>();
        var (width, height) = (c.Format.Width, c.Format.Height);

        // A reduced picture's pixels are eighths of the source; the last one may be less than whole.
        var (sourceWidth, sourceHeight) = c.Source ?? (width, height);
        var share = c.Source is null ? 1 : 8;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                if (parts.Any(py => parts.Any(px => c.Areas.Any(a => IsIn(a, (x + px) * share / sourceWidth, (y + py) * share / sourceHeight))))) found.Add((x, y));
            }
        }

        return found;

        bool IsIn(IReadOnlyList<Point> area, double storedX, double storedY)
        {
            var (x, y) = c.Orientation switch
            {
                FrameOrientation.Mirrored => (1 - storedX, storedY),
                FrameOrientation.Rotated180 => (1 - storedX, 1 - storedY),
                FrameOrientation.MirroredRotated180 => (storedX, 1 - storedY),
                FrameOrientation.MirroredRotated270 => (storedY, storedX),
                FrameOrientation.Rotated90 => (1 - storedY, storedX),
                FrameOrientation.MirroredRotated90 => (1 - storedY, 1 - storedX),
                FrameOrientation.Rotated270 => (storedY, 1 - storedX),
                _ => (storedX, storedY),
            };
            return Winding.Contains(area, x, y);
        }
    }

    private static bool IsBesideThePicture(FrameFormat format, int at) =>
        format.Pixels is PixelFormat.Yuyv or PixelFormat.Uyvy && format.Width % 2 == 1 && at % format.Stride == (format.Width * 2) + (format.Pixels is PixelFormat.Uyvy ? 1 : 0);

    private static byte[] Noise(FrameFormat format, int seed)
    {
        var pixels = new byte[format.SizeInBytes];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    private sealed record Case(FrameFormat Format, FrameOrientation Orientation, IReadOnlyList<Point>[] Areas, (int Width, int Height)? Source, int Seed);
}
