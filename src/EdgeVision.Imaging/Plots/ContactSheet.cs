using SkiaSharp;

namespace EdgeVision.Imaging.Plots;

/// <summary>All mistakes on one page.</summary>
public static class ContactSheet
{
    private const int Gap = 14;

    /// <summary>The sheet as JPEG: four pictures a row, at three quarters of their size.</summary>
    /// <param name="title">Above the pictures.</param>
    /// <param name="pictures">From <see cref="MistakePicture"/>.</param>
    public static byte[] Encode(string title, IReadOnlyList<byte[]> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        const int TileWidth = MistakePicture.Width * 3 / 4, TileHeight = (MistakePicture.Head + MistakePicture.ViewHeight) * 3 / 4, Head = 76;
        var columns = Math.Clamp(pictures.Count, 2, 4);
        var rows = Math.Max(1, (pictures.Count + columns - 1) / columns);
        using var bitmap = new SKBitmap(new SKImageInfo(
            Gap + (columns * (TileWidth + Gap)), Head + (rows * (TileHeight + Gap)), SKColorType.Bgra8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(new SKColor(0x2A, 0x32, 0x3B));
        var heading = new PlotText(18, PlotColours.Light, Bold: true);
        heading.Draw(canvas, heading.Fit(title, bitmap.Width - (4 * Gap)), 2 * Gap, 48);
        for (var i = 0; i < pictures.Count; i++)
        {
            using var picture = SKImage.FromEncodedData(pictures[i]);
            var target = SKRect.Create(Gap + (i % columns * (TileWidth + Gap)), Head + (i / columns * (TileHeight + Gap)), TileWidth, TileHeight);
            canvas.DrawImage(picture, target, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        }

        return PictureWriter.Encode(bitmap, PictureFormat.Jpeg, PictureWriter.DefaultQuality);
    }
}
