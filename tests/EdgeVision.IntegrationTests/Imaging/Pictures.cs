using System.Buffers.Binary;
using EdgeVision.Frames;
using EdgeVision.Imaging;

namespace EdgeVision.IntegrationTests.Imaging;

/// <summary>Small pictures made in the test.</summary>
internal static class Pictures
{
    public static Frame Grey(FramePool pool, int width, int height, byte value = 128)
    {
        var buffer = pool.Rent(width * height * 3);
        buffer.Memory.Span[..(width * height * 3)].Fill(value);
        return new Frame(buffer, FrameFormat.Packed(PixelFormat.Bgr24, width, height), width * height * 3, 1, default, 0);
    }

    /// <summary>Left half red, right half blue, top row white: tells orientation and channel order.</summary>
    public static Frame Flag(FramePool pool, int width, int height)
    {
        var frame = pool.Rent(width * height * 3);
        var pixels = frame.Memory.Span;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var pixel = pixels.Slice(((y * width) + x) * 3, 3);
                ReadOnlySpan<byte> color = y < height / 4 ? [255, 255, 255] : x < width / 2 ? [0, 0, 255] : [255, 0, 0];
                color.CopyTo(pixel);
            }
        }

        return new Frame(frame, FrameFormat.Packed(PixelFormat.Bgr24, width, height), width * height * 3, 1, default, 0);
    }

    /// <summary>Blue grows to the right, green downwards; red is 64. JPEG keeps it nearly as it is.</summary>
    public static Frame Gradient(FramePool pool, int width, int height, PixelFormat pixels = PixelFormat.Bgr24, int padding = 0)
    {
        var bytes = FrameFormat.BytesPerPixel(pixels);
        var format = new FrameFormat(pixels, width, height, (width * bytes) + padding);
        var buffer = pool.Rent(format.SizeInBytes);
        var target = buffer.Memory.Span[..format.SizeInBytes];
        target.Fill(0xA5);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                byte blue = (byte)(x * 255 / width), green = (byte)(y * 255 / height), red = 64;
                var pixel = target[((y * format.Stride) + (x * bytes))..];
                if (pixels is PixelFormat.Grey8) pixel[0] = blue;
                else (pixel[0], pixel[1], pixel[2]) = pixels is PixelFormat.Bgr24 or PixelFormat.Bgra32 ? (blue, green, red) : (red, green, blue);
            }
        }

        return new Frame(buffer, format, format.SizeInBytes, 7, DateTimeOffset.UnixEpoch.AddHours(1), 42);
    }

    public static byte[] Jpeg(int width, int height, byte value = 128)
    {
        using var frame = Grey(new FramePool(), width, height, value);
        return PictureWriter.Encode(frame, PictureFormat.Jpeg);
    }

    public static byte[] Png(int width, int height, byte value = 128)
    {
        using var frame = Grey(new FramePool(), width, height, value);
        return PictureWriter.Encode(frame, PictureFormat.Png);
    }

    /// <summary>A PNG whose header says another size than its pixels have; the check sum is wrong then, which nobody gets to see.</summary>
    public static byte[] PngThatClaims(int width, int height)
    {
        var png = Png(8, 8);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        return png;
    }

    /// <summary>The first picture of the bundled clip: 640×480, with a comment segment.</summary>
    public static byte[] Pedestrian()
    {
        var clip = File.ReadAllBytes(Repository.PathOf("samples", "media", "pedestrians.mjpeg"));
        return clip[..(clip.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) + 2)];
    }

    public static Frame Compressed(FramePool pool, ReadOnlySpan<byte> jpeg, long sequence = 1)
    {
        JpegHeader.TryRead(jpeg, out var width, out var height);
        var buffer = pool.Rent(jpeg.Length);
        jpeg.CopyTo(buffer.Memory.Span);
        return new Frame(buffer, FrameFormat.Jpeg(width, height), jpeg.Length, sequence, DateTimeOffset.UnixEpoch.AddHours(1), 77);
    }

    /// <summary>Puts an EXIF segment with this orientation (1..8) behind SOI.</summary>
    public static byte[] Oriented(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0x00, 0x22, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0,
            (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1,
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    /// <summary>Puts another picture into an EXIF segment, as cameras do with thumbnails.</summary>
    public static byte[] WithThumbnail(byte[] jpeg, byte[] thumbnail)
    {
        var length = thumbnail.Length + 2 + 6;
        return [.. jpeg[..2], 0xFF, 0xE1, (byte)(length >> 8), (byte)length, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0, .. thumbnail, .. jpeg[2..]];
    }

    /// <summary>Blue, green, red of one pixel of a Bgra32 frame.</summary>
    public static (byte Blue, byte Green, byte Red) At(Frame frame, int x, int y)
    {
        var pixel = frame.Pixels.Slice((y * frame.Format.Stride) + (x * 4), 4);
        return (pixel[0], pixel[1], pixel[2]);
    }
}
