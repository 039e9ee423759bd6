using CsCheck;
using EdgeVision.Imaging;

namespace EdgeVision.IntegrationTests.Imaging;

public sealed class JpegHeaderTests
{
    [Fact]
    public void The_size_is_read_without_decoding() =>
        Gen.Select(Gen.Int[1, 900], Gen.Int[1, 900]).Sample(
            (width, height) => JpegHeader.TryRead(Pictures.Jpeg(width, height), out var w, out var h) && (w, h) == (width, height), iter: 30);

    private static readonly byte[] FrameHeader = [0xFF, 0xC0, 0, 11, 8, 0x01, 0xE0, 0x02, 0x80, 1, 1, 0x11, 0];

    public static TheoryData<string, byte[]> Readable => new()
    {
        { "at once", FrameHeader },
        { "after a segment", [0xFF, 0xE0, 0, 4, 1, 2, .. FrameHeader] },
        { "after a thumbnail", [0xFF, 0xE1, 0, 17, 0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0, .. FrameHeader] },
        { "after fill bytes", [0xFF, 0xFF, .. FrameHeader] },
        { "after Huffman tables", [0xFF, 0xC4, 0, 3, 1, .. FrameHeader] },
    };

    [Theory]
    [MemberData(nameof(Readable))]
    public void The_frame_header_is_found_behind_other_segments(string row, byte[] afterStart)
    {
        Assert.True(JpegHeader.TryRead([0xFF, 0xD8, .. afterStart], out var width, out var height), row);
        Assert.Equal((640, 480), (width, height));
    }

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "nothing", [] },
        { "half an SOI", [0xFF] },
        { "SOI only", [0xFF, 0xD8] },
        { "no SOI", FrameHeader },
        { "a PNG", [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10] },
        { "EOI at once", [0xFF, 0xD8, 0xFF, 0xD9, 0, 0] },
        { "a scan before the frame header", [0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 0, 0] },
        { "a segment of length 1", [0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 0, 0] },
        { "a segment beyond the end", [0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF, 0, 0] },
        { "a cut frame header", [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 1] },
        { "a short frame header", [0xFF, 0xD8, 0xFF, 0xC0, 0, 5, 8, 0, 1, 0, 1, 1] },
        { "width 0", [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 0, 1] },
        { "height 0 (DNL)", [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 0, 0, 1, 1] },
        { "fill bytes without end", [0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_has_no_readable_size_is_refused(string row, byte[] bytes)
    {
        Assert.False(JpegHeader.TryRead(bytes, out var width, out var height), row);
        Assert.Equal((0, 0), (width, height));
    }

    [Fact]
    public void Fill_bytes_and_every_frame_type_are_read()
    {
        foreach (var marker in (byte[])[0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCF])
        {
            Assert.True(JpegHeader.TryRead([0xFF, 0xD8, 0xFF, 0xFF, 0xFF, marker, 0, 11, 8, 0x01, 0x02, 0x03, 0x04, 1], out var width, out var height));
            Assert.Equal((0x304, 0x102), (width, height));
        }
    }

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        byte[] loaded = [0xFF, 0xFF, 0xD8, 0xC0, 0xC4, 0xDA, 0xE0, 0, 0, 2, 11, 0xD0];
        Gen.Select(Gen.Int[0, 14], Gen.Byte, (which, any) => which < loaded.Length ? loaded[which] : any).Array[0, 60].Sample(
            bytes =>
            {
                byte[] jpeg = [0xFF, 0xD8, 0xFF, .. bytes];
                var read = JpegHeader.TryRead(jpeg, out var width, out var height);
                Assert.True(read ? width is > 0 and <= 65535 && height is > 0 and <= 65535 : (width, height) == (0, 0));
            },
            iter: 100_000);
    }

    [Fact]
    public void Every_prefix_of_a_picture_is_read_or_refused_and_never_misread()
    {
        var whole = Pictures.Pedestrian();
        for (var length = 0; length < 700; length++)
        {
            if (JpegHeader.TryRead(whole.AsSpan(0, length), out var width, out var height)) Assert.Equal((640, 480), (width, height));
        }
    }
}
