using EdgeVision.Frames;

namespace EdgeVision.IntegrationTests.Imaging;

/// <summary>Planes to colours by the book (JFIF 1.02), slowly: an oracle for frames that stay YUV.</summary>
internal static class PlanarPicture
{
    /// <summary>The frame as Bgra32, of the same stored and source size. Caller disposes.</summary>
    public static Frame ToBgra(Frame frame, FramePool pool)
    {
        var (width, height) = (frame.Format.Width, frame.Format.Height);
        var format = FrameFormat.Packed(PixelFormat.Bgra32, width, height);
        var buffer = pool.Rent(format.SizeInBytes);
        var target = buffer.Memory.Span;
        if (frame.Format.Pixels is PixelFormat.Bgra32) frame.Pixels.CopyTo(target);
        else
        {
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var (luma, blue, red) = At(frame, x, y);
                    var pixel = target.Slice(((y * width) + x) * 4, 4);
                    pixel[0] = Byte(luma + (1.772 * blue));
                    pixel[1] = Byte(luma - (0.344136 * blue) - (0.714136 * red));
                    pixel[2] = Byte(luma + (1.402 * red));
                    pixel[3] = 255;
                }
            }
        }

        return new Frame(buffer, format, format.SizeInBytes, frame.Sequence, frame.CapturedAt, frame.Timestamp).OfSource(frame.Width, frame.Height);
    }

    private static (double Luma, double Blue, double Red) At(Frame frame, int x, int y)
    {
        var format = frame.Format;
        var luma = frame.Pixels[(y * format.Stride) + x];
        var (across, down) = format.Pixels switch
        {
            PixelFormat.I420 => (2, 2),
            PixelFormat.I422 => (2, 1),
            PixelFormat.I444 => (1, 1),
            PixelFormat.Grey8 => (0, 0),
            _ => throw new ArgumentOutOfRangeException(nameof(frame), format.Pixels, "No planes."),
        };
        if (across == 0) return (luma, 0, 0);

        var (columns, rows) = ((format.Width + across - 1) / across, (format.Height + down - 1) / down);
        var planes = frame.Pixels[(format.Stride * format.Height)..];
        var blue = Bilinear(planes, format.ChromaStride, columns, rows, ((x + 0.5) / across) - 0.5, ((y + 0.5) / down) - 0.5);
        var red = Bilinear(planes[(format.ChromaStride * rows)..], format.ChromaStride, columns, rows, ((x + 0.5) / across) - 0.5, ((y + 0.5) / down) - 0.5);
        return (luma, blue - 128, red - 128);
    }

    private static double Bilinear(ReadOnlySpan<byte> plane, int stride, int columns, int rows, double x, double y)
    {
        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (right, bottom) = (x - left, y - top);
        return (Sample(plane, left, top) * (1 - right) * (1 - bottom)) + (Sample(plane, left + 1, top) * right * (1 - bottom))
            + (Sample(plane, left, top + 1) * (1 - right) * bottom) + (Sample(plane, left + 1, top + 1) * right * bottom);

        double Sample(ReadOnlySpan<byte> from, int column, int row) => from[(Math.Clamp(row, 0, rows - 1) * stride) + Math.Clamp(column, 0, columns - 1)];
    }

    private static byte Byte(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}
