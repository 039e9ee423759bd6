using EdgeVision.Capture;
using EdgeVision.Frames;
using EdgeVision.Imaging;

namespace EdgeVision.Module.Commands;

/// <summary>A ring of pictures in the asked format and size. Made once; frames borrow them and copy nothing.</summary>
internal sealed class BenchPictures
{
    /// <summary>As many as a camera driver has buffers.</summary>
    private const int Count = 5;

    private readonly FrameFormat _format;
    private readonly Borrowed[] _ring;
    private int _next;

    private BenchPictures(FrameFormat format, byte[][] pictures)
    {
        _format = format;
        _ring = [.. pictures.Select(static p => new Borrowed(p))];
    }

    /// <summary>All bytes zero; a JPEG is of a black picture.</summary>
    public static BenchPictures Black(BenchRequest request)
    {
        if (request.Pixels != PixelFormat.Jpeg)
        {
            var format = FrameFormat.Packed(request.Pixels, request.Width, request.Height);
            return new BenchPictures(format, [new byte[format.SizeInBytes]]);
        }

        var bgra = new byte[4 * request.Width * request.Height];
        return new BenchPictures(FrameFormat.Jpeg(request.Width, request.Height), [ToJpeg(bgra, request.Width, request.Height)]);
    }

    /// <summary>Frames of the bundled clip, stretched.</summary>
    public static BenchPictures OfTheDemo(BenchRequest request)
    {
        var format = request.Pixels == PixelFormat.Jpeg
            ? FrameFormat.Jpeg(request.Width, request.Height)
            : FrameFormat.Packed(request.Pixels, request.Width, request.Height);
        var pool = new FramePool(retained: 0);
        if (!CameraUri.TryParse($"file:{BundledFiles.Clip}?fps=240", Environment.CurrentDirectory, out var uri, out var error)) throw new CommandException(error);
        using var source = FrameSources.Open(uri, pool, TimeProvider.System);
        var decoder = new JpegDecoder(pool);
        var pictures = new List<byte[]>();
        while (pictures.Count < Count && source.TryRead(out var compressed, CancellationToken.None))
        {
            using (compressed)
            {
                if (!decoder.TryDecode(compressed, leastScale: 1, out var frame, out var reason)) throw new CommandException($"The bundled clip is damaged: {reason}; install again.");
                using (frame) pictures.Add(Convert(frame, format));
            }
        }

        return new BenchPictures(format, [.. pictures]);
    }

    /// <summary>Caller disposes it, which costs nothing.</summary>
    public Frame Next(long sequence)
    {
        var picture = _ring[_next = (_next + 1) % _ring.Length];
        return new Frame(picture, _format, picture.Memory.Length, sequence, TimeProvider.System.GetUtcNow(), TimeProvider.System.GetTimestamp());
    }

    private static byte[] Convert(Frame frame, in FrameFormat format)
    {
        var bgra = BenchRaster.Stretch(frame, format.Width, format.Height);
        return format.Pixels == PixelFormat.Jpeg ? ToJpeg(bgra, format.Width, format.Height) : BenchRaster.Encode(bgra, format);
    }

    private static byte[] ToJpeg(byte[] bgra, int width, int height)
    {
        var format = FrameFormat.Packed(PixelFormat.Bgra32, width, height);
        using var frame = new Frame(new Borrowed(bgra), format, bgra.Length, 0, default, 0);
        return PictureWriter.Encode(frame, PictureFormat.Jpeg);
    }

    private sealed class Borrowed(byte[] bytes) : FrameBuffer
    {
        public override Memory<byte> Memory => bytes;

        public override void Return()
        {
        }
    }
}
