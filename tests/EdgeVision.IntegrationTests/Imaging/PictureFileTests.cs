using System.Text;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using SkiaSharp;

namespace EdgeVision.IntegrationTests.Imaging;

public sealed class PictureFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FramePool _pool = new();

    public void Dispose()
    {
        _folder.Dispose();
        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData("picture.png")]
    [InlineData("picture.jpg")]
    [InlineData("picture.jpeg")]
    [InlineData("PICTURE.PNG")]
    public void A_picture_written_is_read_again(string name)
    {
        using var original = Pictures.Gradient(_pool, 61, 47, PixelFormat.Bgra32);
        PictureWriter.Save(original, _folder[name]);

        using var read = Load(name);

        Assert.Equal(FrameFormat.Packed(PixelFormat.Bgra32, 61, 47), read.Format);
        var most = name.EndsWith("NG", StringComparison.OrdinalIgnoreCase) ? 0 : 12;
        for (var i = 0; i < read.Pixels.Length; i++)
        {
            if (i % 4 != 3) Assert.InRange(read.Pixels[i] - original.Pixels[i], -most, most);
            else Assert.Equal(255, read.Pixels[i]);
        }
    }

    public static TheoryData<byte, int, int, string> Orientations => new()
    {
        // EXIF orientation, width, height after turning, colours at the corners: top left, top right, bottom left, bottom right
        { 1, 64, 48, "WWRB" },
        { 2, 64, 48, "WWBR" },
        { 3, 64, 48, "BRWW" },
        { 4, 64, 48, "RBWW" },
        { 5, 48, 64, "WRWB" },
        { 6, 48, 64, "RWBW" },
        { 7, 48, 64, "BWRW" },
        { 8, 48, 64, "WBWR" },
    };

    [Theory]
    [MemberData(nameof(Orientations))]
    public void A_photograph_from_a_phone_stands_upright(byte orientation, int width, int height, string corners)
    {
        using (var flag = Pictures.Flag(_pool, 64, 48))
        {
            _folder.Write("phone.jpg", Pictures.Oriented(PictureWriter.Encode(flag, PictureFormat.Jpeg), orientation));
            using var loaded = Load("phone.jpg");

            Assert.Equal((width, height), (loaded.Width, loaded.Height));
            Assert.Equal(corners, $"{Color(loaded, 2, 2)}{Color(loaded, width - 3, 2)}{Color(loaded, 2, height - 3)}{Color(loaded, width - 3, height - 3)}");
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Transparent_parts_become_white()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(3, 1, SKColorType.Bgra8888, SKAlphaType.Unpremul));
        bitmap.SetPixel(0, 0, new SKColor(200, 100, 0, 255));
        bitmap.SetPixel(1, 0, new SKColor(200, 100, 0, 0));
        bitmap.SetPixel(2, 0, new SKColor(0, 0, 0, 128));

        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        _folder.Write("alpha.png", png.AsSpan());

        using var read = Load("alpha.png");

        Assert.Equal<byte>([0, 100, 200, 255, 255, 255, 255, 255, 127, 127, 127, 255], read.Pixels);
    }

    public static TheoryData<string, byte[], string> Bad => new()
    {
        { "empty", [], "is empty, expected a JPEG or PNG picture." },
        { "text", Encoding.UTF8.GetBytes("hello, this is no picture"), "is text, expected a JPEG or PNG picture" },
        { "GIF", Encoding.ASCII.GetBytes("GIF89a0000000000"), "is a GIF picture, expected a JPEG or PNG picture" },
        { "MP4", [0, 0, 0, 32, .. Encoding.ASCII.GetBytes("ftypisom0000")], "is an MP4 video, expected a JPEG or PNG picture" },
        { "HEIC", [0, 0, 0, 32, .. Encoding.ASCII.GetBytes("ftypheic0000")], "is a HEIC picture, expected a JPEG or PNG picture" },
        { "WebP", Encoding.ASCII.GetBytes("RIFF0000WEBPVP8 "), "is a WebP picture, expected a JPEG or PNG picture" },
        { "LFS pointer", Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1"), "is a Git LFS pointer, expected a JPEG or PNG picture; run git lfs pull." },
        { "AVIF", [0, 0, 0, 24, .. Encoding.ASCII.GetBytes("ftypavif0000")], "is an AVIF picture" },
        { "BMP", [.. "BM"u8, 1, 2, 3], "is a BMP picture" },
        { "TIFF", [.. "II*\0"u8, 1, 2, 3], "is a TIFF picture" },
        { "PDF", [.. "%PDF-1.7"u8], "is a PDF document" },
        { "binary", [1, 2, 3, 4, 5], "is no picture format that is known, expected" },
        { "truncated JPEG", Pictures.Pedestrian()[..20_000], "is a broken JPEG: the picture data ends early; save or copy it again." },
        { "JPEG header only", [0xFF, 0xD8, 0xFF, 0xE0], "is a broken JPEG: its header is broken; save or copy it again." },
        { "truncated PNG", Pictures.Png(300, 200)[..60], "is a broken PNG" },
        { "PNG signature only", Pictures.Png(64, 48)[..8], "is a broken PNG" },
        { "monster PNG", MonsterPng(), "is too large: its header says 30000×30000" },
        { "monster JPEG", [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0xFF, 0xFF, 0xFF, 0xFF, 1], "is too large: its header says 65535×65535" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_cannot_be_read_is_told_in_one_sentence(string row, byte[] content, string expected)
    {
        var path = _folder.Write("picture.jpg", content);
        var message = Assert.Throws<PictureException>(() => Load("picture.jpg")).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.StartsWith($"'{path}' is ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", message, StringComparison.Ordinal);
        Assert.True(_pool.Rented == 0, row);
    }

    [Fact]
    public void A_missing_file_is_told() =>
        Assert.Equal($"There is no file '{_folder["no.jpg"]}', expected a JPEG or PNG picture; check the path.", Assert.Throws<PictureException>(() => Load("no.jpg")).Message);

    [Fact]
    public void A_folder_is_told() =>
        Assert.Contains("is a folder", Assert.Throws<PictureException>(() => Load(".")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_name_that_is_too_long_is_told() =>
        Assert.Contains("cannot be read", Assert.Throws<PictureException>(() => Load(new string('x', 300) + ".jpg")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_beyond_the_bound_is_refused_unread()
    {
        using (var sparse = File.Create(_folder["big.jpg"])) sparse.SetLength((256L << 20) + 1);

        Assert.Contains("at most 256 MB", Assert.Throws<PictureException>(() => Load("big.jpg")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_read_permission_is_told()
    {
        _folder.Write("locked.jpg", Pictures.Jpeg(8, 8));
        _folder.Lock("locked.jpg");

        Assert.Contains("is not permitted", Assert.Throws<PictureException>(() => Load("locked.jpg")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_pictures_are_read_or_refused()
    {
        var random = new Random(7);
        byte[][] originals = [Pictures.Png(64, 48, 90), Pictures.Oriented(Pictures.Jpeg(64, 48), 6)];
        for (var i = 0; i < 600; i++)
        {
            var bytes = (byte[])originals[i % 2].Clone();
            for (var hits = random.Next(1, 8); hits > 0; hits--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            _folder.Write("fuzz", bytes.AsSpan(0, random.Next(3) == 0 ? random.Next(bytes.Length) : bytes.Length));
            try
            {
                Load("fuzz").Dispose();
            }
            catch (PictureException e)
            {
                Assert.DoesNotContain("\n", e.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Every_prefix_of_a_PNG_is_read_or_refused()
    {
        var png = Pictures.Png(16, 16);
        for (var length = 0; length < png.Length; length += 3)
        {
            _folder.Write("cut.png", png.AsSpan(0, length));
            try
            {
                Load("cut.png").Dispose();
            }
            catch (PictureException e)
            {
                Assert.Contains(_folder["cut.png"], e.Message, StringComparison.Ordinal);
            }
        }
    }

    private Frame Load(string name) => PictureFile.Load(_folder[name], _pool, TimeProvider.System);

    private static char Color(Frame frame, int x, int y) => Pictures.At(frame, x, y) switch
    {
        ( > 200, > 200, > 200) => 'W',
        ( < 60, < 60, > 200) => 'R',
        ( > 200, < 60, < 60) => 'B',
        _ => '?',
    };

    /// <summary>A PNG whose header, with a right checksum, says 30000×30000.</summary>
    private static byte[] MonsterPng()
    {
        byte[] header = [.. "IHDR"u8, 0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30, 8, 2, 0, 0, 0];
        var crc = uint.MaxValue;
        foreach (var value in header)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        crc = ~crc;
        return [0x89, .. "PNG"u8, 13, 10, 26, 10, 0, 0, 0, 13, .. header, (byte)(crc >> 24), (byte)(crc >> 16), (byte)(crc >> 8), (byte)crc, .. Pictures.Png(1, 1)[33..]];
    }
}
