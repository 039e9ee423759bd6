using EdgeVision.Geometry;

namespace EdgeVision.Inference;

/// <summary>Where a frame, or a region of it, lies in a model's input, and the way back. All in pixels.</summary>
/// <param name="SourceWidth">Of the frame or region.</param>
/// <param name="SourceHeight">Of the frame or region.</param>
/// <param name="Left">First input column of the picture.</param>
/// <param name="Top">First input row of the picture.</param>
/// <param name="Width">Input columns of the picture, at least 1.</param>
/// <param name="Height">Input rows of the picture, at least 1.</param>
/// <param name="SourceLeft">First column of the region in the frame; 0 for a whole frame.</param>
/// <param name="SourceTop">First row of the region in the frame; 0 for a whole frame.</param>
public readonly record struct Letterbox(
    int SourceWidth, int SourceHeight, int Left, int Top, int Width, int Height, int SourceLeft = 0, int SourceTop = 0)
{
    /// <summary>Input pixels per source pixel.</summary>
    public float ScaleX => (float)Width / SourceWidth;

    /// <summary>Input pixels per source pixel.</summary>
    public float ScaleY => (float)Height / SourceHeight;

    /// <summary>A whole frame.</summary>
    public static Letterbox Fit(ResizeMode mode, int sourceWidth, int sourceHeight, int inputWidth, int inputHeight) =>
        Fit(mode, new PixelRegion(0, 0, sourceWidth, sourceHeight), inputWidth, inputHeight);

    /// <summary>
    /// A region of a frame. Rounds as the usual reference pipelines do: the scaled sides to the nearest whole number, the odd pixel of a bar to the right or below.
    /// An input that does not have the source's size although <see cref="ResizeMode.None"/> says so is letterboxed.
    /// </summary>
    public static Letterbox Fit(ResizeMode mode, in PixelRegion source, int inputWidth, int inputHeight)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(source.Width, nameof(source));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(source.Height, nameof(source));
        var scale = Math.Min((double)inputWidth / source.Width, (double)inputHeight / source.Height);
        var (width, height) = mode == ResizeMode.Stretch
            ? (inputWidth, inputHeight)
            : (Math.Clamp((int)Math.Round(source.Width * scale), 1, inputWidth), Math.Clamp((int)Math.Round(source.Height * scale), 1, inputHeight));
        var (left, top) = mode == ResizeMode.TopLeft ? (0, 0) : ((inputWidth - width) / 2, (inputHeight - height) / 2);
        return new Letterbox(source.Width, source.Height, left, top, width, height, source.Left, source.Top);
    }

    /// <summary>A box in input pixels, in source pixels of the frame, cut at the edges of what the model has seen: the frame's or the region's.</summary>
    public Box ToSource(in Box input)
    {
        var (x, y) = ((float)SourceWidth / Width, (float)SourceHeight / Height);
        var box = new Box((input.Left - Left) * x, (input.Top - Top) * y, (input.Right - Left) * x, (input.Bottom - Top) * y)
            .ClipTo(SourceWidth, SourceHeight);
        return new Box(box.Left + SourceLeft, box.Top + SourceTop, box.Right + SourceLeft, box.Bottom + SourceTop);
    }

    /// <summary>A place in input pixels, in source pixels of the frame; may lie outside it.</summary>
    public Point ToSource(in Point input) =>
        new(((input.X - Left) * SourceWidth / Width) + SourceLeft, ((input.Y - Top) * SourceHeight / Height) + SourceTop);

    /// <summary>A box in source pixels of the frame, in input pixels.</summary>
    public Box ToInput(in Box source) => new(
        ((source.Left - SourceLeft) * ScaleX) + Left,
        ((source.Top - SourceTop) * ScaleY) + Top,
        ((source.Right - SourceLeft) * ScaleX) + Left,
        ((source.Bottom - SourceTop) * ScaleY) + Top);
}
