using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EdgeVision.Frames;
using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>Reads JPEG and PNG files people bring.</summary>
public static class PictureFile
{
    /// <summary>
    /// Reads a whole picture as <see cref="PixelFormat.Bgra32"/>, sequence 0, captured now. EXIF orientation is applied, so a photograph
    /// from a phone stands upright and boxes refer to it as viewers show it. Transparent parts of a PNG become white. Caller disposes.
    /// </summary>
    /// <exception cref="PictureException">Missing, unreadable, not a picture, broken or too large (256 MB, 50 megapixels, 16384 pixels a side).</exception>
    public static Frame Load(string path, FramePool pool, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(time);

        var file = Read(path, pool, out var length);
        try
        {
            var bytes = file.Memory.Span[..length];
            var kind = PictureSignature.Name(bytes);
            if (kind == PictureSignature.LfsPointer) throw new PictureException($"'{path}' is {kind}, expected a JPEG or PNG picture; run git lfs pull.");
            if (kind is not (PictureSignature.Jpeg or PictureSignature.Png))
                throw new PictureException($"'{path}' is {kind}, expected a JPEG or PNG picture; convert it to one of them.");
            if (TryReadSize(kind, bytes, out var width, out var height) && !PictureBounds.Allow(width, height))
                throw new PictureException($"'{path}' is too large: {PictureBounds.Refusal(width, height)}; scale it down.");
            return Decode(path, kind, bytes, pool, time);
        }
        finally
        {
            file.Return();
        }
    }

    private static bool TryReadSize(string kind, ReadOnlySpan<byte> bytes, out int width, out int height)
    {
        if (kind == PictureSignature.Jpeg) return JpegHeader.TryRead(bytes, out width, out height);
        // PNG specification, 11.2.2: IHDR comes first, 4 bytes of width and 4 of height behind 8 of signature and 8 of length and type.
        var readable = bytes.Length >= 24;
        (width, height) = readable ? (BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[20..])) : (0, 0);
        return width > 0 && height > 0;
    }

    private static FrameBuffer Read(string path, FramePool pool, out int length)
    {
        if (Directory.Exists(path)) throw new PictureException($"'{path}' is a folder, expected a JPEG or PNG file; name the pictures in it.");
        if (RegularFile.Otherwise(path) is { } other) throw new PictureException($"'{path}' is {other}, expected a JPEG or PNG file; name a regular file.");
        FrameBuffer? buffer = null;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.Length == 0) throw new PictureException($"'{path}' is empty, expected a JPEG or PNG picture.");
            if (stream.Length > PictureBounds.MaxFileBytes)
                throw new PictureException($"'{path}' has {stream.Length >> 20} MB, at most {PictureBounds.MaxFileBytes >> 20} MB are read; scale it down.");
            length = (int)stream.Length;
            buffer = pool.Rent(length);
            length = stream.ReadAtLeast(buffer.Memory.Span[..length], length, throwOnEndOfStream: false);
            return buffer;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            buffer?.Return();
            throw new PictureException(e switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"There is no file '{path}', expected a JPEG or PNG picture; check the path.",
                UnauthorizedAccessException => $"Reading '{path}' is not permitted; give this user read access.",
                _ => $"'{path}' cannot be read: {e.Message.TrimEnd('.')}; check the path and the disk.",
            }, e);
        }
    }

    private static Frame Decode(string path, string kind, ReadOnlySpan<byte> bytes, FramePool pool, TimeProvider time)
    {
        if (!SkiaCodec.TryDecode(bytes, leastScale: 1, pool, out var pixels, out var info, out var origin, out var reason))
            throw new PictureException($"'{path}' is a broken {kind}: {reason}; save or copy it again.");

        if (info.AlphaType != SKAlphaType.Opaque) PutOnWhite(MemoryMarshal.Cast<byte, uint>(pixels.Memory.Span[..info.BytesSize]));
        var (width, height) = (info.Width, info.Height);
        if (origin != SKEncodedOrigin.TopLeft)
        {
            var upright = pool.Rent(info.BytesSize);
            Orientation.Apply(
                origin, MemoryMarshal.Cast<byte, uint>(pixels.Memory.Span[..info.BytesSize]), width, height, MemoryMarshal.Cast<byte, uint>(upright.Memory.Span));
            pixels.Return();
            pixels = upright;
            if (Orientation.SwapsSides(origin)) (width, height) = (height, width);
        }

        var format = FrameFormat.Packed(PixelFormat.Bgra32, width, height);
        return new Frame(pixels, format, format.SizeInBytes, sequence: 0, time.GetUtcNow(), time.GetTimestamp());
    }

    /// <summary>Premultiplied colour plus the white that shines through; opaque afterwards.</summary>
    private static void PutOnWhite(Span<uint> bgra)
    {
        foreach (ref var pixel in bgra)
        {
            var through = 255 - (pixel >> 24);
            if (through != 0) pixel += through * 0x0101_0101; // no carry: a premultiplied colour never exceeds its alpha
        }
    }
}
