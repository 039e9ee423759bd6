using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Imaging.Turbo;

namespace EdgeVision.IntegrationTests.Imaging;

/// <summary>What libjpeg-turbo's planes hold, against SkiaSharp's colours, and what it does with odd and hostile pictures.</summary>
public sealed class TurboDecodingTests
{
    private readonly FramePool _pool = new();

    public static TheoryData<string, PixelFormat> Kinds => new()
    {
        { "420", PixelFormat.I420 },
        { "422", PixelFormat.I422 },
        { "444", PixelFormat.I444 },
        { "grey", PixelFormat.Grey8 },
        { "progressive", PixelFormat.I420 },
        { "restarts", PixelFormat.I422 },
        { "ffmpeg-422", PixelFormat.I422 },
        { "ffmpeg-444", PixelFormat.I444 },
        { "440", PixelFormat.Bgra32 },
        { "411", PixelFormat.Bgra32 },
        { "rgb", PixelFormat.Bgra32 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Planes_show_what_skia_shows_at_every_scale(string kind, PixelFormat expected)
    {
        var jpeg = Asset(kind);
        foreach (var scale in (float[])[1, 0.5f, 0.25f, 0.125f])
        {
            using var planes = Decode(Codec.Turbo, jpeg, scale);
            using var colours = Decode(Codec.Skia, jpeg, scale);
            using var shown = PlanarPicture.ToBgra(planes, _pool);

            Assert.Equal(expected, planes.Format.Pixels);
            Assert.Equal((163, 121), (planes.Width, planes.Height));
            Assert.Equal((163, 121), (colours.Width, colours.Height));
            Assert.Equal(((int)MathF.Ceiling(163 * scale), (int)MathF.Ceiling(121 * scale)), (planes.Format.Width, planes.Format.Height));
            Assert.Equal((planes.Format.Width, planes.Format.Height), (colours.Format.Width, colours.Format.Height));
            if (expected is not (PixelFormat.Bgra32 or PixelFormat.Grey8)) Assert.Equal(YuvEncoding.Bt601Full, planes.Format.Yuv);
            if (scale == 1) Assert.InRange(Difference(shown, colours), 0, 1);
            // Scaled down, shared chroma is interpolated otherwise by Skia, which shows at the saturated edges of the test pattern: luma must agree, and no colour drift.
            Assert.True(LumaDifference(shown, colours) <= 2, $"{kind} at {scale}: luma differs by {LumaDifference(shown, colours):0.00} on average");
            for (var channel = 0; channel < 3; channel++) Assert.True(Math.Abs(Mean(shown, channel) - Mean(colours, channel)) <= 2, $"{kind} at {scale}: channel {channel} drifts from {Mean(colours, channel):0.0} to {Mean(shown, channel):0.0}");
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData(1f, 163, 121)]
    [InlineData(0.51f, 163, 121)]
    [InlineData(0.5f, 82, 61)]
    [InlineData(0.26f, 82, 61)]
    [InlineData(0.25f, 41, 31)]
    [InlineData(0.13f, 41, 31)]
    [InlineData(0.125f, 21, 16)]
    [InlineData(float.Epsilon, 21, 16)]
    public void No_less_is_stored_than_was_asked_for(float least, int width, int height)
    {
        foreach (var kind in (string[])["420", "444", "rgb"])
        {
            using var planes = Decode(Codec.Turbo, Asset(kind), least);
            using var colours = Decode(Codec.Skia, Asset(kind), least);

            Assert.Equal((width, height), (planes.Format.Width, planes.Format.Height));
            Assert.Equal((width, height), (colours.Format.Width, colours.Format.Height));
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData(Codec.Turbo)]
    [InlineData(Codec.Skia)]
    public void A_webcam_picture_without_huffman_tables_is_decoded_with_the_standard_ones(Codec codec)
    {
        foreach (var kind in (string[])["420", "422", "ffmpeg-422", "grey"])
        {
            var whole = Asset(kind);
            var stripped = Without(whole, marker: 0xC4);
            Assert.True(stripped.Length < whole.Length);
            using var expected = Decode(codec, whole);
            using var decoded = Decode(codec, stripped);
            Assert.True(decoded.Pixels.SequenceEqual(expected.Pixels), kind);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData(Codec.Turbo)]
    [InlineData(Codec.Skia)]
    public void Tables_of_one_picture_do_not_reach_the_next(Codec codec)
    {
        var decoder = codec.Open(_pool);
        using (var own = Pictures.Compressed(_pool, Pictures.Pedestrian())) Assert.True(Quietly(decoder, own));
        using (var bare = Pictures.Compressed(_pool, Without(Asset("422"), marker: 0xC4)))
        using (var expected = Decode(codec, Asset("422")))
        {
            Assert.True(decoder.TryDecode(bare, 1, out var decoded, out var reason), reason);
            using (decoded) Assert.True(decoded.Pixels.SequenceEqual(expected.Pixels));
        }

        using (var unquantised = Pictures.Compressed(_pool, Without(Asset("422"), marker: 0xDB))) Assert.False(Quietly(decoder, unquantised));
        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData(Codec.Turbo)]
    [InlineData(Codec.Skia)]
    public void Stray_bytes_before_the_end_marker_are_forgiven_as_webcams_send_them(Codec codec)
    {
        var whole = Asset("422");
        using var expected = Decode(codec, whole);
        using var decoded = Decode(codec, [.. whole[..^2], 0, 0, 0, 0, 0xFF, 0xD9, 0, 0, 0]);
        Assert.True(decoded.Pixels.SequenceEqual(expected.Pixels));
    }

    [Fact]
    public void A_picture_with_a_hole_is_refused_though_it_has_its_end()
    {
        var whole = Asset("422");
        using (var holed = Pictures.Compressed(_pool, [.. whole[..^1500], 0xFF, 0xD9]))
        {
            Assert.False(Codec.Turbo.Open(_pool).TryDecode(holed, 1, out _, out var reason));
            Assert.EndsWith("the picture data ends early", reason, StringComparison.Ordinal);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void An_end_marker_in_the_thumbnail_is_not_the_pictures_end()
    {
        var whole = Pictures.WithThumbnail(Asset("422"), Pictures.Jpeg(16, 16));
        foreach (var codec in (Codec[])[Codec.Skia, Codec.Turbo])
        {
            using var cut = Pictures.Compressed(_pool, whole.AsSpan(0, whole.Length - 700));
            Assert.False(codec.Open(_pool).TryDecode(cut, 1, out _, out var reason));
            Assert.EndsWith("the picture data ends early", reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nothing_is_written_beyond_the_planes_whatever_the_sampling()
    {
        Codec.Turbo.Open(_pool).ToString();
        var (codec, pool, formats) = (new TurboCodec(TurboJpeg.Installed!), new GuardedPool(), new HashSet<PixelFormat>());
        var random = new Random(20261122);
        for (var i = 0; i < 3000; i++)
        {
            var (width, height) = (random.Next(1, 70), random.Next(1, 70));
            var sampling = new (int H, int V)[random.Next(5) == 0 ? 1 : 3];
            for (var c = 0; c < sampling.Length; c++) sampling[c] = c > 1 && random.Next(4) > 0 ? sampling[1] : (random.Next(1, random.Next(2) == 0 ? 3 : 5), random.Next(1, random.Next(2) == 0 ? 3 : 5));
            var jpeg = FlatJpeg.Make(width, height, sampling);
            var least = random.Next(1, 9) / 8f;

            pool.Prepare(width * height * 4);
            if (!codec.TryDecode(jpeg, width, height, least, pool.Pool, out var pixels, out var format, out _)) continue;
            formats.Add(format.Pixels);
            var row = $"{string.Join(' ', sampling)} {width}×{height} at {least}";
            // All grey, in every plane, and not a byte behind the last.
            var written = TurboLayout.Of(format.Pixels, format.Width, format.Height).Bytes;
            foreach (var luma in Lumas(pixels.Memory.Span, format)) Assert.True(luma == 128, row);
            Assert.True(pixels.Memory.Span[written..].IndexOfAnyExcept(GuardedPool.Guard) < 0, row);
            pixels.Return();
        }

        Assert.Equal(4, formats.Count);
        Assert.Equal(0, pool.Pool.Rented);
    }

    [Fact]
    public void Decoding_allocates_the_handle_of_the_frame_and_nothing_else()
    {
        var decoder = Codec.Turbo.Open(_pool);
        using (var compressed = Pictures.Compressed(_pool, Pictures.Pedestrian()))
        {
            for (var i = 0; i < 5; i++) Assert.True(Quietly(decoder, compressed));
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 50; i++) Assert.True(Quietly(decoder, compressed));
            var perFrame = (GC.GetAllocatedBytesForCurrentThread() - before) / 50;
            Assert.InRange(perFrame, 1, 128);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task One_decoder_serves_many_threads()
    {
        var decoder = Codec.Turbo.Open(_pool);
        var pictures = (byte[][])[Asset("420"), Asset("422"), Without(Asset("444"), marker: 0xC4), Pictures.Pedestrian()];
        var expected = pictures.Select(jpeg => { using var frame = Decode(Codec.Turbo, jpeg); return frame.Pixels.ToArray(); }).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() =>
        {
            for (var i = 0; i < 40; i++)
            {
                var which = (n + i) % pictures.Length;
                using var frame = Pictures.Compressed(_pool, pictures[which]);
                Assert.True(decoder.TryDecode(frame, 1, out var decoded, out var reason), reason);
                using (decoded) Assert.True(decoded.Pixels.SequenceEqual(expected[which]));
            }
        }, TestContext.Current.CancellationToken)));
        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData("libturbojpeg-of-nowhere.so.0")] // absent
    [InlineData("libm.so.6")] // a library, but another one
    public void A_library_that_is_absent_or_lacks_the_functions_is_none(string file) => Assert.Null(TurboJpeg.TryLoad(file));

    private bool Quietly(JpegDecoder decoder, Frame compressed)
    {
        var good = decoder.TryDecode(compressed, 1, out var decoded, out _);
        decoded?.Dispose();
        return good;
    }

    private Frame Decode(Codec codec, byte[] jpeg, float scale = 1)
    {
        using var compressed = Pictures.Compressed(_pool, jpeg);
        Assert.True(codec.Open(_pool).TryDecode(compressed, scale, out var decoded, out var reason), reason);
        return decoded;
    }

    private static byte[] Lumas(ReadOnlySpan<byte> pixels, in FrameFormat format)
    {
        var (rows, chroma) = (new List<byte>(), format.Stride * format.Height);
        for (var y = 0; y < format.Height; y++) rows.AddRange(pixels.Slice(y * format.Stride, format.Width));
        rows.AddRange(pixels[chroma..format.SizeInBytes]);
        return [.. rows];
    }

    private static double Difference(Frame a, Frame b)
    {
        long sum = 0;
        for (var i = 0; i < a.Pixels.Length; i++) sum += Math.Abs(a.Pixels[i] - b.Pixels[i]);
        return sum / (0.75 * a.Pixels.Length); // the fourth byte of each pixel never differs
    }

    private static double LumaDifference(Frame a, Frame b)
    {
        double sum = 0;
        for (var i = 0; i < a.Pixels.Length; i += 4) sum += Math.Abs(Luma(a.Pixels[i..]) - Luma(b.Pixels[i..]));
        return sum / (a.Pixels.Length / 4);

        static double Luma(ReadOnlySpan<byte> bgra) => (0.114 * bgra[0]) + (0.587 * bgra[1]) + (0.299 * bgra[2]);
    }

    private static double Mean(Frame bgra, int channel)
    {
        double sum = 0;
        for (var i = channel; i < bgra.Pixels.Length; i += 4) sum += bgra.Pixels[i];
        return sum / (bgra.Pixels.Length / 4);
    }

    private static byte[] Asset(string kind) => File.ReadAllBytes(Path.Combine(Repository.Asset("jpeg"), kind + ".jpg"));

    /// <summary>The picture without its segments of one marker.</summary>
    private static byte[] Without(byte[] jpeg, byte marker)
    {
        var kept = new List<byte>(jpeg[..2]);
        var at = 2;
        while (jpeg[at + 1] != 0xDA)
        {
            var length = 2 + ((jpeg[at + 2] << 8) | jpeg[at + 3]);
            if (jpeg[at + 1] != marker) kept.AddRange(jpeg[at..(at + length)]);
            at += length;
        }

        return [.. kept, .. jpeg[at..]];
    }

    /// <summary>One buffer whose every byte is known before it is lent.</summary>
    private sealed class GuardedPool
    {
        public const byte Guard = 0xA5;

        public FramePool Pool { get; } = new(retained: 1);

        public void Prepare(int bytes)
        {
            var buffer = Pool.Rent(bytes + 1000);
            buffer.Memory.Span.Fill(Guard);
            buffer.Return();
        }
    }
}
