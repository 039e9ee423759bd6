using CsCheck;
using EdgeVision.Capture.Replay;
using EdgeVision.Imaging;
using EdgeVision.IntegrationTests.Imaging;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class JpegStreamReaderTests
{
    private static readonly byte[] A = Pictures.Jpeg(64, 48, 60);
    private static readonly byte[] B = Pictures.Jpeg(80, 40, 160);
    private static readonly byte[] Thumbnail = Pictures.Jpeg(16, 8);

    /// <summary>Scan data with everything that looks like a marker and is none: stuffing, restarts, fill bytes.</summary>
    private static readonly byte[] Tricky =
    [
        0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 9, 0, 7, 1, 0, 0, 0, 0xFF, 0xDA, 0, 3, 0,
        1, 0xFF, 0x00, 2, 0xFF, 0xD0, 3, 0xFF, 0xD7, 0xFF, 0xFF, 0x00, 4, 0xFF, 0xC4, 0, 3, 0, 0xFF, 0xDA, 0, 2, 5, 6, 0xFF, 0xFF, 0xFF, 0xD9,
    ];

    public static TheoryData<string, byte[], byte[][]> Streams => new()
    {
        { "nothing", [], [] },
        { "one picture", A, [A] },
        { "two pictures", [.. A, .. B], [A, B] },
        { "garbage before, between and behind", [1, 2, 0xFF, 3, .. A, 0xFF, 0xD9, 9, 0xFF, .. B, 0xFF, 0xD8], [A, B] },
        { "a thumbnail in EXIF", [.. Pictures.WithThumbnail(A, Thumbnail), .. B], [Pictures.WithThumbnail(A, Thumbnail), B] },
        { "stuffing, restarts, fill bytes, two scans", [.. Tricky, .. A], [Tricky, A] },
        { "a picture without its end, then another", [.. A[..^40], .. B], [A[..^40], B] },
        { "a picture without its end whose successor has a thumbnail", [.. A[..^40], .. Pictures.WithThumbnail(B, Thumbnail)], [A[..^40], Pictures.WithThumbnail(B, Thumbnail)] },
        { "an application segment made of damaged scan data", [.. Tricky[..24], 0xFF, 0xE5, 0x7F, 0xFF, .. B], [Tricky[..24], B] },
        { "cut off at the end", [.. A, .. B[..^10]], [A, B[..^10]] },
        { "a header that breaks, with a thumbnail before", [.. Pictures.WithThumbnail(A, Thumbnail)[..(Thumbnail.Length + 12)], 0, 0, .. B], [B] },
        { "SOI upon SOI", [0xFF, 0xD8, 0xFF, 0xD8, 0xFF, 0xD8, .. A], [A] },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void Pictures_are_cut_where_they_end(string row, byte[] stream, byte[][] expected)
    {
        foreach (var chunk in (int[])[1, 3, 1000, int.MaxValue])
        {
            var pictures = ReadAll(new ChunkedStream(stream, chunk));

            Assert.True(expected.Length == pictures.Count, $"{row}: {pictures.Count} pictures, {expected.Length} expected");
            for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], pictures[i]);
        }
    }

    [Fact]
    public void Pictures_survive_any_garbage_between_them() =>
        // Garbage without FF cannot pretend to be a picture.
        Gen.Select(Gen.Byte[0, 254].Array[0, 300], Gen.Bool).Array[1, 12].Sample(
            parts =>
            {
                var stream = new List<byte>();
                var expected = new List<byte[]>();
                foreach (var (garbage, first) in parts)
                {
                    stream.AddRange(garbage);
                    stream.AddRange(first ? A : B);
                    expected.Add(first ? A : B);
                }

                Assert.Equal(expected, ReadAll(new MemoryStream([.. stream])));
            },
            iter: 500);

    [Fact]
    public void Any_bytes_are_cut_or_stepped_over_and_every_byte_is_counted()
    {
        var random = new Random(11);
        ReadOnlySpan<byte> loaded = [0xFF, 0xFF, 0xD8, 0xD9, 0xDA, 0xE1, 0x00, 0x02, 0xC0, 0xD0];
        for (var i = 0; i < 3000; i++)
        {
            var bytes = new byte[random.Next(600)];
            for (var at = 0; at < bytes.Length; at++) bytes[at] = random.Next(3) > 0 ? loaded[random.Next(loaded.Length)] : (byte)random.Next(256);
            var reader = new JpegStreamReader(new MemoryStream(bytes));
            var inPictures = 0;
            for (var picture = reader.Next(); !picture.IsEmpty; picture = reader.Next())
            {
                Assert.True(picture.StartsWith<byte>([0xFF, 0xD8, 0xFF]));
                inPictures += picture.Length;
            }

            // At most the last two bytes, which might have begun an SOI, are neither.
            Assert.InRange(bytes.Length - inPictures - reader.Garbage, 0, 2);
        }
    }

    [Fact]
    public void Nested_starts_are_not_walked_again_and_again()
    {
        // Each SOI's segment jumps over the next SOI to a common end: quadratic for a reader that begins again behind each.
        var nested = new byte[8 << 20];
        nested.AsSpan().Fill(0x11);
        for (var at = 0; at + 8 < nested.Length; at += 8) ((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 0x11, 0x11]).CopyTo(nested.AsSpan(at));
        var counting = new ChunkedStream(nested, int.MaxValue);

        Assert.NotEmpty(ReadAll(counting));
        Assert.Equal(nested.Length, counting.Position);
    }

    [Fact]
    public void Endless_garbage_is_given_up()
    {
        var reader = new JpegStreamReader(new EndlessStream([]));

        Assert.Contains("32 MB", Assert.Throws<InvalidDataException>(() => reader.Next().Length).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_picture_is_given_up()
    {
        var reader = new JpegStreamReader(new EndlessStream([0xFF, 0xD8, 0xFF, 0xDA, 0, 2]));

        Assert.Contains("32 MB", Assert.Throws<InvalidDataException>(() => reader.Next().Length).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bundled_clip_has_200_pictures_and_no_garbage()
    {
        using var file = File.OpenRead(Repository.PathOf("samples", "media", "pedestrians.mjpeg"));
        var reader = new JpegStreamReader(file);
        var count = 0;
        for (var picture = reader.Next(); !picture.IsEmpty; picture = reader.Next(), count++)
        {
            Assert.True(JpegHeader.TryRead(picture, out var width, out var height));
            Assert.Equal((640, 480), (width, height));
        }

        Assert.Equal((200, 0), (count, reader.Garbage));
    }

    private static List<byte[]> ReadAll(Stream stream)
    {
        var (reader, pictures) = (new JpegStreamReader(stream), new List<byte[]>());
        for (var picture = reader.Next(); !picture.IsEmpty; picture = reader.Next()) pictures.Add(picture.ToArray());
        return pictures;
    }

    /// <summary>Gives so many bytes a read at most.</summary>
    private sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, chunk));
    }

    /// <summary>A start, then zeros without end.</summary>
    private sealed class EndlessStream(byte[] start) : MemoryStream
    {
        private bool _begun;

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Clear();
            if (!_begun) start.CopyTo(buffer.AsSpan(offset));
            _begun = true;
            return count;
        }
    }
}
