using System.Buffers.Binary;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Imaging.Turbo;

namespace EdgeVision.IntegrationTests.Imaging;

public sealed class JpegDecoderTests
{
    private readonly FramePool _pool = new();

    [Theory]
    [InlineData(Codec.Turbo, PixelFormat.I420)]
    [InlineData(Codec.Skia, PixelFormat.Bgra32)]
    public void A_camera_picture_becomes_pixels_with_the_same_sequence_and_times(Codec codec, PixelFormat expected)
    {
        using (var compressed = Pictures.Compressed(_pool, Pictures.Pedestrian(), sequence: 41))
        {
            FrameDecoder decode = codec.Open(_pool).TryDecode;

            var codecs = codec.Open(_pool);
            Assert.True(codecs.TryDecode(compressed, 1, out var decoded, out var reason), reason);
            using (decoded)
            {
                Assert.Equal(FrameFormat.Packed(expected, 640, 480, decoded.Format.Yuv), decoded.Format);
                Assert.Equal((compressed.Sequence, compressed.CapturedAt, compressed.Timestamp), (decoded.Sequence, decoded.CapturedAt, decoded.Timestamp));
                Assert.True(decode(compressed, 1, out reason), reason);
                Assert.Equal(decoded.Format, compressed.Format);
                Assert.True(decoded.Pixels.SequenceEqual(compressed.Pixels));
            }
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData(Codec.Turbo, 1, 1)]
    [InlineData(Codec.Turbo, 16, 16)]
    [InlineData(Codec.Turbo, 17, 13)]
    [InlineData(Codec.Turbo, 640, 480)]
    [InlineData(Codec.Skia, 1, 1)]
    [InlineData(Codec.Skia, 16, 16)]
    [InlineData(Codec.Skia, 17, 13)]
    [InlineData(Codec.Skia, 640, 480)]
    public void A_picture_is_decoded_to_opaque_pixels_of_its_colours(Codec codec, int width, int height)
    {
        using (var original = Pictures.Gradient(_pool, width, height, PixelFormat.Bgra32))
        using (var compressed = Pictures.Compressed(_pool, PictureWriter.Encode(original, PictureFormat.Jpeg)))
        {
            Assert.True(codec.Open(_pool).TryDecode(compressed, 1, out var decoded, out var reason), reason);
            using (decoded)
            using (var colours = PlanarPicture.ToBgra(decoded, _pool))
            {
                Assert.Equal(original.Format, colours.Format);
                for (var i = 0; i < colours.Pixels.Length; i++)
                {
                    if (i % 4 == 3) Assert.Equal(255, colours.Pixels[i]);
                    else Assert.InRange(colours.Pixels[i] - original.Pixels[i], -20, 20);
                }
            }
        }

        Assert.Equal(0, _pool.Rented);
    }

    public static TheoryData<string, int, string> Truncations => new()
    {
        { "without its end marker", -2, "ends early" },
        { "without its last rows", -500, "ends early" },
        { "half", -18_000, "ends early" },
        { "header only", 300, "" },
        { "SOI only", 2, "no readable header" },
        { "nothing", 0, "no readable header" },
    };

    [Theory]
    [MemberData(nameof(Truncations))]
    public void A_truncated_picture_is_refused_with_a_reason(string row, int keep, string expected)
    {
        foreach (var codec in Installed()) Refuses(codec, row, keep, expected);
    }

    private void Refuses(Codec codec, string row, int keep, string expected)
    {
        var whole = Pictures.Pedestrian();
        using (var compressed = Pictures.Compressed(_pool, whole.AsSpan(0, keep > 0 || row == "nothing" ? keep : whole.Length + keep)))
        {
            Assert.False(codec.Open(_pool).TryDecode(compressed, 1, out var decoded, out var reason));
            Assert.Null(decoded);
            Assert.StartsWith("frame 1 is a broken JPEG", reason, StringComparison.Ordinal);
            Assert.Contains(expected, reason, StringComparison.Ordinal);
            IsClause(reason);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData(Codec.Turbo)]
    [InlineData(Codec.Skia)]
    public void Every_prefix_of_a_picture_is_refused_with_a_reason(Codec codec)
    {
        var (decoder, jpeg) = (codec.Open(_pool), Pictures.Jpeg(32, 24));
        for (var length = 0; length < jpeg.Length; length++)
        {
            using var compressed = Pictures.Compressed(_pool, jpeg.AsSpan(0, length));
            Assert.False(decoder.TryDecode(compressed, 1, out _, out var reason));
            IsClause(reason);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData(Codec.Turbo)]
    [InlineData(Codec.Skia)]
    public void A_photograph_is_decoded_and_its_parts_are_refused(Codec codec)
    {
        var decoder = codec.Open(_pool);
        var jpeg = File.ReadAllBytes(Path.Combine(Repository.Asset("people"), "sample1.jpg"));
        foreach (var missing in (int[])[0, 1000, jpeg.Length / 2])
        {
            using var compressed = Pictures.Compressed(_pool, jpeg.AsSpan(0, jpeg.Length - missing));
            Assert.Equal(missing == 0, decoder.TryDecode(compressed, 1, out var decoded, out _));
            decoded?.Dispose();
        }

        Assert.Equal(0, _pool.Rented);
    }

    public static TheoryData<string, int, int> Monsters => new()
    {
        { "too wide", 16_385, 100 },
        { "too high", 100, 16_385 },
        { "too many pixels", 8_000, 6_251 },
        { "the most a header can say", 65_535, 65_535 },
    };

    [Theory]
    [MemberData(nameof(Monsters))]
    public void A_header_that_announces_a_monster_allocates_nothing(string row, int width, int height)
    {
        var jpeg = Pictures.Jpeg(32, 32);
        var sof = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(sof + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(sof + 7), (ushort)width);
        using (var compressed = Pictures.Compressed(_pool, jpeg))
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.False(new JpegDecoder(_pool).TryDecode(compressed, 1, out _, out var reason));
            Assert.Contains($"{width}×{height}", reason, StringComparison.Ordinal);
            IsClause(reason);
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000, row);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_frame_that_is_no_jpeg_is_refused()
    {
        using var frame = Pictures.Grey(_pool, 8, 8);

        Assert.False(new JpegDecoder(_pool).TryDecode(frame, 1, out _, out var reason));
        Assert.Equal("frame 1 is Bgr24, expected Jpeg", reason);
    }

    [Theory]
    [InlineData(Codec.Turbo)]
    [InlineData(Codec.Skia)]
    public void Damaged_pictures_never_throw_and_leave_nothing_on_loan(Codec codec)
    {
        var random = new Random(20261122);
        byte[][] pictures = [Pictures.Pedestrian(), .. Directory.GetFiles(Repository.Asset("jpeg"), "*.jpg").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        var decoder = codec.Open(_pool);
        var good = 0;
        for (var i = 0; i < 2000; i++)
        {
            var whole = pictures[i % pictures.Length];
            var damaged = (byte[])whole.Clone();
            // Headers are the dangerous part: half of the damage goes there.
            for (var hits = random.Next(1, 12); hits > 0; hits--) damaged[random.Next(random.Next(2) == 0 ? 400 : damaged.Length)] = (byte)(random.Next(4) == 0 ? 0xFF : random.Next(256));
            using var compressed = Pictures.Compressed(_pool, damaged.AsSpan(0, random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length));
            if (!decoder.TryDecode(compressed, 1f / (1 << random.Next(4)), out var decoded, out var reason))
            {
                IsClause(reason);
                continue;
            }

            good++;
            decoded.Dispose();
        }

        Assert.InRange(good, 100, 1900);

        Assert.Equal(0, _pool.Rented);
    }

    private static IEnumerable<Codec> Installed() => TurboJpeg.Installed is null ? [Codec.Skia] : [Codec.Turbo, Codec.Skia];

    /// <summary>The camera loop puts it into a sentence of its own: no capital, no full stop.</summary>
    private static void IsClause(string reason) => Assert.Matches("^[a-z][^\n]*[^.\n]$", reason);
}
