using System.Buffers.Binary;
using CsCheck;
using EdgeVision.Capture.Replay;
using EdgeVision.IntegrationTests.Imaging;
using static EdgeVision.IntegrationTests.Capture.JpegPieces;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class JpegStreamReaderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A small picture with all that a JPEG may hold: quantisation table, frame header, scan with stuffing and restarts, second scan.</summary>
    private static readonly byte[] Small = Picture(Segment(0xDB, 65), Segment(0xC0, 15), Scan(1, 2, 0xFF, 0x00, 3, 0xFF, 0xD0, 4, 0xFF, 0xD7, 5), Segment(0xC4, 20), Scan(6, 0xFF, 0x00, 0xFF, 0x00));

    private static readonly byte[] A = Pictures.Jpeg(64, 48, 60);
    private static readonly byte[] B = Pictures.Jpeg(80, 40, 160);
    private static readonly byte[] Thumbnail = Pictures.Jpeg(16, 8);
    private static readonly byte[] WithThumbnail = Pictures.WithThumbnail(A, Thumbnail);

    /// <summary>Ends in a Huffman table that another scan would follow; its segment is 10 bytes long.</summary>
    private static readonly byte[] TwoScans = [0xFF, 0xD8, .. Segment(0xC0, 15), .. Scan(1, 2, 3), .. Segment(0xC4, 8)];

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public void The_bundled_clip_is_200_pictures_and_nothing_else()
    {
        var file = File.ReadAllBytes(Repository.PathOf("samples", "media", "pedestrians.mjpeg"));
        var pictures = Cut(file);

        Assert.Equal(200, pictures.Count);
        Assert.True(file.AsSpan().SequenceEqual(pictures.SelectMany(p => p).ToArray()));
    }

    public static TheoryData<string, byte[]> WholePictures => new()
    {
        { "smallest", Picture() },
        { "all kinds of segments", Small },
        { "thumbnail in EXIF", Picture(Segment(0xE1, Picture(Scan(9, 9))), Segment(0xC0, 15), Scan(1)) },
        { "two thumbnails in one segment", Picture(Segment(0xE1, [.. Picture(Scan(9)), .. Picture(Scan(8))]), Scan(1)) },
        { "EOI in a comment", Picture(Segment(0xFE, [0xFF, 0xD9, 0xFF, 0xD8, 0xFF]), Scan(1)) },
        { "fill bytes before markers", [0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0xFE, 0, 2, 0xFF, 0xFF, 0xD9] },
        { "fill bytes at the end of a scan", [0xFF, 0xD8, .. Scan(1, 2), 0xFF, 0xFF, 0xFF, 0xD9] },
        { "stuffing right before the end", Picture(Scan(0xFF, 0x00)) },
        { "restarts in a row", Picture(Scan(0xFF, 0xD0, 0xFF, 0xD1, 0xFF, 0xD2)) },
        { "empty scan", Picture(Scan()) },
        { "TEM and stray restart in the header", Picture([0xFF, 0x01], [0xFF, 0xD3], Scan(1)) },
        { "the longest segment", Picture(Segment(0xE2, 65_533), Scan(1)) },
        { "longer than the first buffer", Picture(Segment(0xC0, 15), Scan(Enumerable.Repeat((byte)7, 3_000_000).ToArray())) },
    };

    [Theory]
    [MemberData(nameof(WholePictures))]
    public void A_picture_comes_out_as_it_went_in(string row, byte[] picture)
    {
        Assert.True(Cut(picture).Single().SequenceEqual(picture), row);
        var three = Cut([.. Small, .. picture, .. Small]);
        Assert.Equal(3, three.Count);
        Assert.True(three[1].SequenceEqual(picture), row);
    }

    [Theory]
    [MemberData(nameof(WholePictures))]
    public void It_does_not_matter_how_the_bytes_come(string row, byte[] picture)
    {
        if (picture.Length > 100_000) picture = picture[..100_000];
        byte[] stream = [.. Small, .. picture, .. Small];

        Assert.True(Cut(stream).SelectMany(p => p).SequenceEqual(Cut(new CrumblingStream(stream, 1)).SelectMany(p => p)), row);
        Assert.True(Cut(stream).SelectMany(p => p).SequenceEqual(Cut(new CrumblingStream(stream, 37)).SelectMany(p => p)), row);
    }

    [Fact]
    public void Nothing_is_no_picture()
    {
        Assert.Empty(Cut([]));
        Assert.Empty(Cut([0xFF]));
        Assert.Empty(Cut([0xFF, 0xD8]));
        Assert.Empty(Cut("no picture at all"u8.ToArray()));
    }

    public static TheoryData<string, byte[]> Rubbish => new()
    {
        { "text", "--boundary\r\nContent-Type: image/jpeg\r\n\r\n"u8.ToArray() },
        { "end of a picture", [1, 2, 3, 0xFF, 0xD9] },
        { "FF", [0xFF, 0xFF, 0xFF] },
        { "a start that is none", [0xFF, 0xD8, 0xFF, 0x00, 1, 2] },
        { "start upon start", [0xFF, 0xD8, 0xFF, 0xD8] },
        { "segment too short", [0xFF, 0xD8, 0xFF, 0xE0, 0, 1] },
        { "no marker where one must be", [0xFF, 0xD8, 0xFF, 0xE0, 0, 2, 7] },
        { "longer than the buffer", new byte[700_000] },
    };

    [Theory]
    [MemberData(nameof(Rubbish))]
    public void Rubbish_between_pictures_is_stepped_over(string row, byte[] rubbish)
    {
        var pictures = Cut([.. rubbish, .. Small, .. rubbish, .. rubbish, .. Small, .. rubbish]);

        Assert.True(pictures.Count >= 2, row);
        Assert.True(pictures[0].SequenceEqual(Small), row);
        Assert.True(pictures[1].SequenceEqual(Small), row);
    }

    public static TheoryData<string, byte[], byte[][]> Damaged => new()
    {
        // row, stream, pictures
        { "without its end marker", [.. A[..^2], .. B], [A[..^2], B] },
        { "cut in its scan", [.. A[..^40], .. B], [A[..^40], B] },
        { "cut in its scan, before a picture with a thumbnail", [.. A[..^40], .. WithThumbnail], [A[..^40], WithThumbnail] },
        { "cut in its header", [0xFF, 0xD8, .. Segment(0xDB, 65)[..30], .. A, .. B], [A, B] },
        { "cut in a segment between two scans", [.. TwoScans[..^5], .. A, .. B], [TwoScans[..^10], A, B] },
        { "scan data that pretends to be a segment", [.. TwoScans[..36], 0xFF, 0xE5, 0x7F, 0xFF, .. B], [TwoScans[..36], B] },
        { "broken behind its thumbnail", [.. WithThumbnail[..(Thumbnail.Length + 12)], 0, 0, .. B], [B] },
        { "broken behind a damaged thumbnail", [0xFF, 0xD8, .. Segment(0xE1, [.. A[..^40], 0xFF, 0xE5]), 0, 0, .. B], [B] },
        { "cut off at the end", [.. A, .. B[..^10]], [A, B[..^10]] },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_damaged_picture_costs_no_other(string row, byte[] stream, byte[][] expected)
    {
        foreach (var most in (int[])[1, 3, 1000, int.MaxValue])
        {
            var pictures = Cut(new CrumblingStream(stream, most));

            Assert.True(expected.Length == pictures.Count, $"{row}: {pictures.Count} pictures, {expected.Length} expected");
            for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], pictures[i]);
        }
    }

    [Fact]
    public void Pictures_survive_any_garbage_between_them() =>
        // Garbage without FF cannot pretend to be a picture.
        Gen.Select(Gen.Byte[0, 254].Array[0, 300], Gen.Bool).Array[1, 12].Sample(
            parts => Assert.Equal(parts.Select(part => part.Item2 ? A : B), Cut([.. parts.SelectMany(part => (byte[])[.. part.Item1, .. part.Item2 ? A : B])])),
            iter: 500);

    [Fact]
    public void A_stream_cut_anywhere_gives_what_was_whole_and_the_rest_as_it_is()
    {
        byte[] stream = [.. Small, .. Small];
        for (var length = 0; length <= stream.Length; length++)
        {
            var pictures = Cut(stream[..length]);

            Assert.Equal(length / Small.Length, pictures.Count(p => p.SequenceEqual(Small)));
            // Two bytes are not yet a picture; from the third on the cut one is given, to be refused and counted.
            Assert.Equal((length / Small.Length) + (length % Small.Length > 2 ? 1 : 0), pictures.Count);
            Assert.Equal(stream[..(pictures.Sum(p => p.Length))], pictures.SelectMany(p => p));
        }
    }

    [Fact]
    public void The_end_stays_the_end()
    {
        var reader = new JpegStreamReader();
        reader.Restart(new MemoryStream(Small[..^3]));

        Assert.Equal(Small.Length - 3, reader.Next(Stopping).Length);
        for (var i = 0; i < 3; i++) Assert.True(reader.Next(Stopping).IsEmpty);
    }

    [Fact]
    public void A_new_stream_knows_nothing_of_the_one_before()
    {
        var reader = new JpegStreamReader();
        reader.Restart(new MemoryStream([.. Small, .. Small]));
        Assert.True(reader.Next(Stopping).SequenceEqual(Small));

        reader.Restart(new MemoryStream([.. Small]));

        Assert.True(reader.Next(Stopping).SequenceEqual(Small));
        Assert.True(reader.Next(Stopping).IsEmpty);
    }

    [Theory]
    [InlineData("a scan without end", new byte[] { 0xFF, 0xD8, 0xFF, 0xDA, 0, 2 }, new byte[] { 5 })]
    [InlineData("stuffing without end", new byte[] { 0xFF, 0xD8, 0xFF, 0xDA, 0, 2 }, new byte[] { 0xFF, 0x00 })]
    [InlineData("fill bytes without end", new byte[] { 0xFF, 0xD8 }, new byte[] { 0xFF })]
    [InlineData("segments without end", new byte[] { 0xFF, 0xD8 }, new byte[] { 0xFF, 0xE0, 0, 4, 0, 0 })]
    public async Task A_picture_without_end_is_given_up_with_bounded_memory(string row, byte[] head, byte[] forever)
    {
        var reader = new JpegStreamReader();
        reader.Restart(new EndlessStream(head, forever));

        var allocated = await Task.Run(
            () =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                Assert.Throws<InvalidDataException>(() => reader.Next(Stopping).Length);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            },
            Stopping).WaitAsync(Patience, Stopping);

        // Doubling: 32 + 16 + 8 + … MB.
        Assert.True(allocated < 2.1 * JpegStreamReader.MaxPictureBytes, row);
    }

    [Fact]
    public void Garbage_without_end_is_given_up()
    {
        var reader = new JpegStreamReader();
        reader.Restart(new EndlessStream([], [7]));

        Assert.Contains("no picture within 32 MB", Assert.Throws<InvalidDataException>(() => reader.Next(Stopping).Length).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_search_ends_when_asked_to_stop()
    {
        using var stop = new CancellationTokenSource();
        var reader = new JpegStreamReader();
        using var stream = new EndlessStream([], [7]);
        reader.Restart(stream);
        stream.OnRead = stop.Cancel;

        Assert.ThrowsAny<OperationCanceledException>(() => reader.Next(stop.Token).Length);
    }

    public static TheoryData<string, byte[], byte[], byte[]> Mazes => new()
    {
        // row, head, what is repeated, tail: every start leads over a long way to the same broken end
        { "starts in segments", [0xFF, 0xD8], [0xFF, 0xE1, 0, 8, 0xFF, 0xD8, 0xFF, 0xE1, 0, 2], [0, .. Small] },
        { "starts that lead to the same fill bytes", Jumps(), [0xFF], [0, .. Small] },
        { "starts that are scans", [], [0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 0x11, 0x11], Small },
    };

    [Theory]
    [MemberData(nameof(Mazes))]
    public async Task No_way_is_walked_twice(string row, byte[] head, byte[] repeated, byte[] tail)
    {
        var maze = new byte[head.Length + (30_000_000 / repeated.Length * repeated.Length) + tail.Length];
        head.CopyTo(maze, 0);
        for (var at = head.Length; at < maze.Length - tail.Length; at += repeated.Length) repeated.CopyTo(maze, at);
        tail.CopyTo(maze, maze.Length - tail.Length);
        var last = await Task.Run(
            () =>
            {
                var reader = new JpegStreamReader();
                reader.Restart(new MemoryStream(maze));
                byte[] last = [];
                for (var picture = reader.Next(Stopping); !picture.IsEmpty; picture = reader.Next(Stopping)) last = picture.ToArray();
                return last;
            },
            Stopping).WaitAsync(Patience, Stopping);

        Assert.True(last.SequenceEqual(Small), row);
    }

    [Fact]
    public async Task Random_bytes_and_mutated_clips_are_cut_or_stepped_over_and_every_byte_is_counted()
    {
        var random = new Random(20261122);
        var alphabet = new byte[] { 0xFF, 0xFF, 0xFF, 0xD8, 0xD8, 0xD9, 0xDA, 0xE0, 0xC0, 0x00, 0x00, 0x02, 0x07, 0xD0 };
        var clip = File.ReadAllBytes(Repository.PathOf("samples", "media", "pedestrians.mjpeg"))[..120_000];
        await Task.Run(
            () =>
            {
                for (var round = 0; round < 3000; round++)
                {
                    var mutated = round % 20 == 0;
                    var stream = mutated ? [.. clip] : new byte[random.Next(600)];
                    for (var i = mutated ? random.Next(1, 50) : 0; i > 0; i--) stream[random.Next(stream.Length)] = alphabet[random.Next(alphabet.Length)];
                    for (var i = 0; i < stream.Length && !mutated; i++) stream[i] = random.Next(4) > 0 ? alphabet[random.Next(alphabet.Length)] : (byte)random.Next(256);
                    CheckFound(stream);
                }
            },
            Stopping).WaitAsync(Patience, Stopping);
    }

    /// <summary>Pictures are pieces of the stream, in order, none overlapping, each beginning like one; what is in none is counted as garbage.</summary>
    private static void CheckFound(byte[] stream)
    {
        var reader = new JpegStreamReader();
        reader.Restart(new MemoryStream(stream));
        var (at, inPictures) = (0, 0L);
        for (var picture = reader.Next(Stopping); !picture.IsEmpty; picture = reader.Next(Stopping))
        {
            var found = stream.AsSpan(at).IndexOf(picture);
            Assert.True(found >= 0 && picture.StartsWith<byte>([0xFF, 0xD8, 0xFF]));
            at += found + picture.Length;
            inPictures += picture.Length;
        }

        // At most the last two bytes, which might have begun an SOI, are neither.
        Assert.InRange(stream.Length - inPictures - reader.Garbage, 0, 2);
    }

    /// <summary>8000 starts, each with a segment that leads to the end of them all.</summary>
    private static byte[] Jumps()
    {
        var jumps = new byte[8000 * 8];
        for (var at = 0; at < jumps.Length; at += 8)
        {
            ((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF, 0xE1]).CopyTo(jumps.AsSpan(at));
            BinaryPrimitives.WriteUInt16BigEndian(jumps.AsSpan(at + 4), (ushort)(jumps.Length - at - 4));
        }

        return jumps;
    }

    private static List<byte[]> Cut(byte[] stream) => Cut(new MemoryStream(stream));

    private static List<byte[]> Cut(Stream stream)
    {
        var reader = new JpegStreamReader();
        reader.Restart(stream);
        var pictures = new List<byte[]>();
        while (true)
        {
            var picture = reader.Next(Stopping);
            if (picture.IsEmpty) return pictures;
            pictures.Add(picture.ToArray());
        }
    }
}
