using EdgeVision.Frames;
using SkiaSharp;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>A picture file as a frame.</summary>
internal static class Picture
{
    public static Frame Read(string path, FramePool pool)
    {
        using var bitmap = SKBitmap.Decode(path, Info(path));
        var format = new FrameFormat(PixelFormat.Bgra32, bitmap.Width, bitmap.Height, bitmap.RowBytes);
        var buffer = pool.Rent(format.SizeInBytes);
        bitmap.GetPixelSpan().CopyTo(buffer.Memory.Span);
        return new Frame(buffer, format, format.SizeInBytes, 1, default, 0);
    }

    private static SKImageInfo Info(string path)
    {
        using var codec = SKCodec.Create(path);
        return new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
    }
}
