using EdgeVision.Geometry;

namespace EdgeVision.Inference;

/// <summary>Where a frame lies in a model's input, and the way back. All in pixels.</summary>
/// <param name="SourceWidth">Of the frame.</param>
/// <param name="SourceHeight">Of the frame.</param>
/// <param name="Left">First input column of the picture.</param>
/// <param name="Top">First input row of the picture.</param>
/// <param name="Width">Input columns of the picture, at least 1.</param>
/// <param name="Height">Input rows of the picture, at least 1.</param>
public readonly record struct Letterbox(int SourceWidth, int SourceHeight, int Left, int Top, int Width, int Height)
{
    /// <summary>Input pixels per source pixel.</summary>
    public float ScaleX => (float)Width / SourceWidth;

    /// <summary>Input pixels per source pixel.</summary>
    public float ScaleY => (float)Height / SourceHeight;

    /// <summary>
    /// Rounds as the usual reference pipelines do: the scaled sides to the nearest whole number, the odd pixel of a bar to the right or below.
    /// </summary>
    public static Letterbox Fit(ResizeMode mode, int sourceWidth, int sourceHeight, int inputWidth, int inputHeight)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sourceWidth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sourceHeight);
        if (mode == ResizeMode.Stretch) return new Letterbox(sourceWidth, sourceHeight, 0, 0, inputWidth, inputHeight);
        var scale = Math.Min((double)inputWidth / sourceWidth, (double)inputHeight / sourceHeight);
        var width = Math.Clamp((int)Math.Round(sourceWidth * scale), 1, inputWidth);
        var height = Math.Clamp((int)Math.Round(sourceHeight * scale), 1, inputHeight);
        return mode == ResizeMode.TopLeft
            ? new Letterbox(sourceWidth, sourceHeight, 0, 0, width, height)
            : new Letterbox(sourceWidth, sourceHeight, (inputWidth - width) / 2, (inputHeight - height) / 2, width, height);
    }

    /// <summary>A box in input pixels, in source pixels, cut at the frame's edges.</summary>
    public Box ToSource(in Box input)
    {
        var (x, y) = ((float)SourceWidth / Width, (float)SourceHeight / Height);
        return new Box((input.Left - Left) * x, (input.Top - Top) * y, (input.Right - Left) * x, (input.Bottom - Top) * y)
            .ClipTo(SourceWidth, SourceHeight);
    }

    /// <summary>A place in input pixels, in source pixels; may lie outside the frame.</summary>
    public Point ToSource(in Point input) => new((input.X - Left) * SourceWidth / Width, (input.Y - Top) * SourceHeight / Height);

    /// <summary>A box in source pixels, in input pixels.</summary>
    public Box ToInput(in Box source) => new(
        (source.Left * ScaleX) + Left, (source.Top * ScaleY) + Top, (source.Right * ScaleX) + Left, (source.Bottom * ScaleY) + Top);
}
