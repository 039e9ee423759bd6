using EdgeVision.Frames;

namespace EdgeVision.Tests.Inference;

/// <summary>Writes pictures in any YUV format, one sample at a time.</summary>
internal static class YuvFrame
{
    public static readonly PixelFormat[] Formats =
    [
        PixelFormat.Yuyv, PixelFormat.Uyvy, PixelFormat.Nv12, PixelFormat.Nv21, PixelFormat.I420, PixelFormat.I422, PixelFormat.I444,
    ];

    /// <param name="format">Of the frame.</param>
    /// <param name="colour">Y, U, V of a pixel. Of pixels that share chroma, the first one's is taken.</param>
    public static byte[] Of(FrameFormat format, Func<int, int, (byte Y, byte U, byte V)> colour)
    {
        var pixels = new byte[format.SizeInBytes];
        var (luma, chroma) = (format.Stride * format.Height, format.ChromaStride);
        var (halfRows, rows) = ((format.Height + 1) / 2, format.Height);
        for (var y = 0; y < format.Height; y++)
        {
            for (var x = 0; x < format.Width; x++)
            {
                var row = y * format.Stride;
                var (first, halfFirst) = (x % 2 == 0, x % 2 == 0 && y % 2 == 0);
                var (value, u, v) = colour(x, y);
                switch (format.Pixels)
                {
                    case PixelFormat.Yuyv: Put(row + (2 * x), value); PutIf(first, row + (2 * x) + 1, u, row + (2 * x) + 3, v); break;
                    case PixelFormat.Uyvy: Put(row + (2 * x) + 1, value); PutIf(first, row + (2 * x), u, row + (2 * x) + 2, v); break;
                    case PixelFormat.Nv12: Put(row + x, value); PutIf(halfFirst, luma + (y / 2 * chroma) + x, u, luma + (y / 2 * chroma) + x + 1, v); break;
                    case PixelFormat.Nv21: Put(row + x, value); PutIf(halfFirst, luma + (y / 2 * chroma) + x + 1, u, luma + (y / 2 * chroma) + x, v); break;
                    case PixelFormat.I420: Put(row + x, value); Planes(halfFirst, y / 2, x / 2, halfRows); break;
                    case PixelFormat.I422: Put(row + x, value); Planes(first, y, x / 2, rows); break;
                    default: Put(row + x, value); Planes(true, y, x, rows); break;
                }

                void Planes(bool write, int at, int column, int count) =>
                    PutIf(write, luma + (at * chroma) + column, u, luma + ((count + at) * chroma) + column, v);
            }
        }

        return pixels;

        void Put(int at, byte sample) => pixels[at] = sample;

        void PutIf(bool write, int at, byte sample, int otherAt, byte other)
        {
            if (write) (pixels[at], pixels[otherAt]) = (sample, other);
        }
    }
}
