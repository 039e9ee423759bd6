using EdgeVision.Frames;
using EdgeVision.Imaging;

namespace EdgeVision.IntegrationTests.Imaging;

public sealed class PictureWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FramePool _pool = new();

    public void Dispose()
    {
        _folder.Dispose();
        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData(PixelFormat.Bgr24)]
    [InlineData(PixelFormat.Rgb24)]
    [InlineData(PixelFormat.Bgra32)]
    [InlineData(PixelFormat.Rgba32)]
    [InlineData(PixelFormat.Grey8)]
    public void Frames_of_every_format_and_stride_are_written(PixelFormat pixels)
    {
        foreach (var padding in new[] { 0, 4, 5 })
        {
            using var original = Pictures.Gradient(_pool, 13, 9, pixels, padding);
            using var read = PictureFile.Load(_folder.Write("picture.png", PictureWriter.Encode(original, PictureFormat.Png)), _pool, TimeProvider.System);
            using var expected = Pictures.Gradient(_pool, 13, 9, pixels is PixelFormat.Grey8 ? pixels : PixelFormat.Bgra32);
            for (var i = 0; i < 13 * 9; i++)
            {
                ReadOnlySpan<byte> colour = pixels is PixelFormat.Grey8 ? [expected.Pixels[i], expected.Pixels[i], expected.Pixels[i]] : expected.Pixels.Slice(i * 4, 3);
                Assert.True(colour.SequenceEqual(read.Pixels.Slice(i * 4, 3)), $"pixel {i}, padding {padding}");
            }
        }
    }

    public static TheoryData<string, string, string> BadTargets => new()
    {
        { "no ending", "out", "expected a name ending in .jpg or .png" },
        { "another ending", "out.gif", "expected a name ending in .jpg or .png" },
        { "no such folder", "no/such/out.png", "does not exist; make it first." },
    };

    [Theory]
    [MemberData(nameof(BadTargets))]
    public void What_cannot_be_written_is_told_in_one_sentence(string row, string name, string expected)
    {
        using var frame = Pictures.Grey(_pool, 8, 8);

        var message = Assert.Throws<PictureException>(() => PictureWriter.Save(frame, _folder[name])).Message;

        Assert.True(message.Contains(expected, StringComparison.Ordinal), row);
        Assert.Contains(_folder[name], message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_frame_is_written_as_it_is()
    {
        var jpeg = Pictures.Pedestrian();
        using var frame = Pictures.Compressed(_pool, jpeg);

        Assert.Equal(jpeg, PictureWriter.Encode(frame, PictureFormat.Jpeg));
    }

    [Fact]
    public void A_full_disk_is_told_in_one_sentence()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("There is no /dev/full to stand for a full disk.");
        var path = _folder["picture.png"];
        File.CreateSymbolicLink(path, "/dev/full");
        using var frame = Pictures.Grey(_pool, 8, 8);

        var e = Assert.Throws<PictureException>(() => PictureWriter.Save(frame, path));

        Assert.Contains("space", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void A_quality_that_is_none_is_a_bug(int quality)
    {
        using var frame = Pictures.Grey(_pool, 8, 8);
        Assert.Throws<ArgumentOutOfRangeException>(() => PictureWriter.Encode(frame, PictureFormat.Jpeg, quality));
    }
}
