using EdgeVision.Frames;

namespace EdgeVision.Tests.Inference;

/// <summary>Frames as pictures of whole pixels, turned in the plainest way: what preprocessing a turned frame is held against.</summary>
internal static class TurnedPicture
{
    /// <summary>The frame's picture, upright: of the same format where a pixel stands alone, otherwise as I444, each pixel with the chroma that it shares.</summary>
    public static (byte[] Pixels, FrameFormat Format) Of(ReadOnlySpan<byte> pixels, FrameFormat format, FrameOrientation orientation)
    {
        var (width, height) = (format.Width, format.Height);
        var swaps = orientation is FrameOrientation.MirroredRotated270 or FrameOrientation.Rotated90 or FrameOrientation.MirroredRotated90 or FrameOrientation.Rotated270;
        var alone = FrameFormat.BytesPerPixel(format.Pixels);
        var upright = FrameFormat.Packed(alone > 0 ? format.Pixels : PixelFormat.I444, swaps ? height : width, swaps ? width : height, format.Yuv);
        var turned = new byte[upright.SizeInBytes];
        var plane = upright.Stride * upright.Height;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (toX, toY) = To(x, y, width, height, orientation);
                if (alone > 0)
                {
                    pixels.Slice((y * format.Stride) + (x * alone), alone).CopyTo(turned.AsSpan((toY * upright.Stride) + (toX * alone)));
                    continue;
                }

                var (luma, u, v) = At(pixels, format, x, y);
                var to = (toY * upright.Stride) + toX;
                (turned[to], turned[plane + to], turned[(2 * plane) + to]) = (luma, u, v);
            }
        }

        return (turned, upright);
    }

    /// <summary>Where a stored pixel lands, by the corners that EXIF names.</summary>
    public static (int X, int Y) To(int x, int y, int width, int height, FrameOrientation orientation) => orientation switch
    {
        FrameOrientation.Mirrored => (width - 1 - x, y),
        FrameOrientation.Rotated180 => (width - 1 - x, height - 1 - y),
        FrameOrientation.MirroredRotated180 => (x, height - 1 - y),
        FrameOrientation.MirroredRotated270 => (y, x),
        FrameOrientation.Rotated90 => (height - 1 - y, x),
        FrameOrientation.MirroredRotated90 => (height - 1 - y, width - 1 - x),
        FrameOrientation.Rotated270 => (y, width - 1 - x),
        _ => (x, y),
    };

    /// <summary>Places of a pixel's samples: luma and chroma, or its bytes.</summary>
    public static int[] SamplesOf(FrameFormat format, int x, int y)
    {
        var (row, plane, chroma) = (y * format.Stride, format.Stride * format.Height, format.ChromaStride);
        var (half, alone) = (chroma * ((format.Height + 1) / 2), FrameFormat.BytesPerPixel(format.Pixels));
        return format.Pixels switch
        {
            PixelFormat.Yuyv => [row + (2 * x), row + (x / 2 * 4) + 1, row + (x / 2 * 4) + 3],
            PixelFormat.Uyvy => [row + (2 * x) + 1, row + (x / 2 * 4), row + (x / 2 * 4) + 2],
            PixelFormat.Nv12 => [row + x, plane + (y / 2 * chroma) + (x / 2 * 2), plane + (y / 2 * chroma) + (x / 2 * 2) + 1],
            PixelFormat.Nv21 => [row + x, plane + (y / 2 * chroma) + (x / 2 * 2) + 1, plane + (y / 2 * chroma) + (x / 2 * 2)],
            PixelFormat.I420 => [row + x, plane + (y / 2 * chroma) + (x / 2), plane + half + (y / 2 * chroma) + (x / 2)],
            PixelFormat.I422 => [row + x, plane + (y * chroma) + (x / 2), plane + (chroma * format.Height) + (y * chroma) + (x / 2)],
            PixelFormat.I444 => [row + x, plane + (y * chroma) + x, plane + (chroma * format.Height) + (y * chroma) + x],
            _ => [.. Enumerable.Range(row + (x * alone), alone)],
        };
    }

    private static (byte Y, byte U, byte V) At(ReadOnlySpan<byte> pixels, FrameFormat format, int x, int y)
    {
        var at = SamplesOf(format, x, y);
        return (pixels[at[0]], pixels[at[1]], pixels[at[2]]);
    }
}
