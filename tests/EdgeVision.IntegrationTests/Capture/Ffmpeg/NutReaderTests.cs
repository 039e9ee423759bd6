using EdgeVision.Capture.Ffmpeg;
using EdgeVision.Capture.Ffmpeg.Nut;
using EdgeVision.Frames;

namespace EdgeVision.IntegrationTests.Capture.Ffmpeg;

public sealed class NutReaderTests
{
    /// <summary>ffmpeg 5.1.9: three grey pictures of 16 × 16; the command stands beside it.</summary>
    private static readonly byte[] Golden = File.ReadAllBytes(Repository.Asset("counter.nut"));

    private static readonly TimeSpan Tenth = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void What_ffmpeg_wrote_is_read_with_times_and_pixels()
    {
        var reader = new NutReader(new PieceInput(Golden, 4096));
        for (var i = 0; i < 3; i++)
        {
            Assert.True(reader.TryReadFrame(out var frame));
            Assert.Equal(new NutFrame(i * Tenth, 384), frame);
            var data = new byte[frame.Length];
            reader.ReadData(data);
            Assert.True(data.AsSpan(0, 256).IndexOfAnyExcept((byte)(16 + (8 * i))) < 0);
            Assert.True(data.AsSpan(256).IndexOfAnyExcept((byte)128) < 0);
        }

        Assert.Equal((0x30323449u, 16, 16), (reader.Stream.FourCc, reader.Stream.Width, reader.Stream.Height));
        Assert.False(reader.TryReadFrame(out _));
        Assert.False(reader.TryReadFrame(out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(383)]
    public void Pieces_of_any_size_make_the_same_frames(int piece) => Assert.Equal(ReadAll(Golden, 4096), ReadAll(Golden, piece));

    [Fact]
    public void Nothing_at_all_is_an_end() => Assert.False(new NutReader(new PieceInput([], 1)).TryReadFrame(out _));

    [Fact]
    public void Cut_off_anywhere_it_ends_or_says_that_it_is_cut_off()
    {
        var ends = 0;
        for (var length = 0; length < Golden.Length; length++)
        {
            try
            {
                Assert.InRange(ReadAll(Golden[..length], 4096).Count, 0, 2);
                ends++;
            }
            catch (EndOfStreamException)
            {
                // Within a header or frame.
            }
        }

        Assert.InRange(ends, 4, 40);     // nothing; behind each header and frame
    }

    [Fact]
    public void Another_container_is_refused()
    {
        var matroska = new byte[200];
        new byte[] { 0x1A, 0x45, 0xDF, 0xA3 }.CopyTo(matroska, 0);

        Assert.Equal("it does not begin as NUT does", Assert.Throws<InvalidDataException>(() => ReadAll(matroska, 100)).Message);
    }

    [Fact]
    public void A_header_with_a_flipped_bit_is_refused()
    {
        var broken = (byte[])Golden.Clone();
        broken[60] ^= 4;

        Assert.Equal("the checksum of a header is wrong", Assert.Throws<InvalidDataException>(() => ReadAll(broken, 100)).Message);
    }

    [Fact]
    public void A_header_beyond_all_measure_is_refused_before_it_is_read()
    {
        // The main header's start code, then a length of 2 MiB.
        byte[] huge = [.. Golden[..33], 0x80 | 1, 0x80, 0x80, 0];

        Assert.Equal("a header of 2097152 bytes, from 4 to 65536 were expected", Assert.Throws<InvalidDataException>(() => ReadAll(huge, 100)).Message);
    }

    [Fact]
    public void Whatever_comes_it_ends_and_allocates_little()
    {
        // 100,000 inputs: mutated with mended checksums, so that the parsers behind them are reached, cut off, and noise.
        var random = new Random(20_261_122);
        var (frames, refused) = (0, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++)
        {
            var input = Fuzzed(random);
            try
            {
                frames += ReadAll(input, random.Next(1, 5000), keep: false).Count;
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10_000, 99_999);
        Assert.InRange(frames, 10_000, 10_000_000);
        // 8 KiB of buffers, the input itself, the table and some messages each.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100_000, 0, 60_000);
    }

    public static TheoryData<string, string, PixelFormat?> Formats => new()
    {
        { "yuv420p", "I420", PixelFormat.I420 }, { "yuvj420p", "I420", PixelFormat.I420 }, { "nv12", "NV12", PixelFormat.Nv12 }, { "nv21", "NV21", PixelFormat.Nv21 },
        { "yuv422p", "Y42B", PixelFormat.I422 }, { "yuv444p", "444P", PixelFormat.I444 }, { "yuyv422", "YUY2", PixelFormat.Yuyv }, { "uyvy422", "UYVY", PixelFormat.Uyvy },
        { "gray", "Y800", PixelFormat.Grey8 }, { "bgr24", "BGR\u0018", PixelFormat.Bgr24 }, { "rgb24", "RGB\u0018", PixelFormat.Rgb24 }, { "bgra", "BGRA", PixelFormat.Bgra32 },
        { "rgba", "RGBA", PixelFormat.Rgba32 }, { "nobody asked for it", "YV12", null },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Pixel_formats_have_the_names_that_ffmpeg_writes(string row, string fourCc, PixelFormat? expected)
    {
        Assert.Equal(expected, RawPixels.Of(System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(System.Text.Encoding.Latin1.GetBytes(fourCc))));
        if (expected is not { } pixels) return;

        // And what it writes for them has the bytes that we expect, odd sizes too (NV12 and NV21 apart: their luma has no padding there).
        using var folder = new TempFolder();
        var (width, height) = pixels is PixelFormat.Nv12 or PixelFormat.Nv21 ? (34, 17) : (33, 17);
        var file = FfmpegTool.Make(folder.PathOf("a.nut"), "-f", "lavfi", "-i", $"testsrc=s={width}x{height}:r=10", "-frames:v", "1", "-vf", $"format={row}", "-c:v", "rawvideo");
        var reader = new NutReader(new PieceInput(File.ReadAllBytes(file), 4096));
        Assert.True(reader.TryReadFrame(out var frame));
        Assert.Equal((expected, FrameFormat.Packed(pixels, width, height).SizeInBytes), (RawPixels.Of(reader.Stream.FourCc), frame.Length));
    }

    private static List<(NutFrame Frame, string Data)> ReadAll(byte[] bytes, int piece, bool keep = true)
    {
        var reader = new NutReader(new PieceInput(bytes, piece));
        var frames = new List<(NutFrame, string)>();
        var data = new byte[bytes.Length];
        while (reader.TryReadFrame(out var frame))
        {
            // More than there is cannot come: the one who has the buffers checks the length first.
            if (frame.Length > data.Length) throw new EndOfStreamException();
            reader.ReadData(data.AsSpan(0, frame.Length));
            frames.Add((frame, keep ? Convert.ToHexString(data.AsSpan(0, frame.Length)) : ""));
        }

        return frames;
    }

    private static byte[] Fuzzed(Random random)
    {
        if (random.Next(10) == 0)
        {
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            return random.Next(2) == 0 ? noise : [.. Golden[..25], .. noise];
        }

        var bytes = Golden[..(random.Next(10) == 0 ? random.Next(Golden.Length) : Golden.Length)];
        for (var i = random.Next(1, 6); i > 0 && bytes.Length > 0; i--)
        {
            // Most in the headers, some anywhere.
            var at = random.Next(random.Next(3) == 0 ? bytes.Length : Math.Min(bytes.Length, 420));
            bytes[at] = random.Next(4) switch { 0 => (byte)random.Next(256), 1 => (byte)(bytes[at] ^ (1 << random.Next(8))), 2 => 0xFF, _ => 0 };
        }

        if (random.Next(4) != 0) NutPackets.MendChecksums(bytes);
        return bytes;
    }

    /// <summary>Bytes that come in pieces.</summary>
    private sealed class PieceInput(byte[] bytes, int piece) : NutInput
    {
        private int _at;

        protected override int Read(Span<byte> into)
        {
            var length = Math.Min(Math.Min(piece, into.Length), bytes.Length - _at);
            bytes.AsSpan(_at, length).CopyTo(into);
            _at += length;
            return length;
        }
    }
}
