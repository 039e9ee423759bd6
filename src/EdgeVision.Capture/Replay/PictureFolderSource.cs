using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;
using EdgeVision.Imaging;

namespace EdgeVision.Capture.Replay;

/// <summary>
/// The pictures of a folder played as a camera, by name. With loop the folder is listed again at the end, so pictures may come and go.
/// A picture that cannot be read goes on as an empty frame whose origin says why: the camera loop skips, counts and tells it.
/// </summary>
internal sealed class PictureFolderSource : IFrameSource
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png"];

    private readonly string _path;
    private readonly bool _loop;
    private readonly FramePool _pool;
    private readonly TimeProvider _time;
    private readonly FrameClock _clock;
    private readonly FramePacer _pacer;
    private List<string> _pictures;
    private int _next;
    private long _sequence;

    public PictureFolderSource(string path, double fps, bool loop, FramePool pool, TimeProvider time)
    {
        (_path, _loop, _pool, _time) = (path, loop, pool, time);
        _clock = new FrameClock(time);
        _pictures = List();
        _pacer = new FramePacer(fps, time);
    }

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        frame = null;
        if (_next == _pictures.Count)
        {
            if (!_loop) return false;
            (_pictures, _next) = (List(), 0);
        }

        var timestamp = _pacer.Wait(stopping);
        var picture = _pictures[_next++];
        _sequence++;
        frame = Read(picture, timestamp);
        return true;
    }

    public void Dispose() => _pacer.Dispose();

    public override string ToString() => $"folder {_path} ({_pictures.Count} pictures)";

    /// <summary>JPEG stays compressed; everything else is decoded here. By content: a PNG named .jpg is a PNG.</summary>
    private Frame Read(string picture, long timestamp)
    {
        FrameBuffer? buffer = null;
        try
        {
            if (RegularFile.Otherwise(picture) is { } other) return Unreadable(picture, $"is {other}, expected a JPEG or PNG file", timestamp);
            using var file = new FileStream(picture, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            if (file.Length > JpegStreamReader.MaxPictureBytes)
                return Unreadable(picture, $"has {file.Length >> 20} MB, at most {JpegStreamReader.MaxPictureBytes >> 20} MB are read", timestamp);
            buffer = _pool.Rent((int)file.Length);
            var length = file.ReadAtLeast(buffer.Memory.Span[..(int)file.Length], (int)file.Length, throwOnEndOfStream: false);
            var bytes = buffer.Memory.Span[..length];
            if (length == 0) return Unreadable(picture, "is empty, expected a JPEG or PNG picture", timestamp);
            var kind = PictureSignature.Name(bytes);
            if (kind is PictureSignature.Jpeg)
            {
                JpegHeader.TryRead(bytes, out var width, out var height);
                var frame = Stamped(buffer, FrameFormat.Jpeg(width, height), length, timestamp, new FrameOrigin(picture));
                buffer = null;
                return frame;
            }

            if (kind is not PictureSignature.Png) return Unreadable(picture, $"is {kind}, expected a JPEG or PNG picture", timestamp);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!Directory.Exists(_path)) throw NoFolder(e);
            return Unreadable(picture, e is FileNotFoundException or DirectoryNotFoundException ? "is not there any more" : $"cannot be read ({e.Message.TrimEnd('.')})", timestamp);
        }
        finally
        {
            buffer?.Return();
        }

        return Decoded(picture, timestamp);
    }

    private Frame Decoded(string picture, long timestamp)
    {
        try
        {
            using var loaded = PictureFile.Load(picture, _pool, _time);
            var buffer = _pool.Rent(loaded.Pixels.Length);
            loaded.Pixels.CopyTo(buffer.Memory.Span);
            return Stamped(buffer, loaded.Format, loaded.Pixels.Length, timestamp, new FrameOrigin(picture));
        }
        catch (PictureException e)
        {
            // Its sentence names the file.
            return Empty(new FrameOrigin(picture, e.Message.TrimEnd('.')), timestamp);
        }
    }

    private Frame Unreadable(string picture, string why, long timestamp) => Empty(new FrameOrigin(picture, $"'{picture}' {why}"), timestamp);

    private Frame Empty(FrameOrigin origin, long timestamp) => Stamped(_pool.Rent(0), FrameFormat.Jpeg(0, 0), 0, timestamp, origin);

    private Frame Stamped(FrameBuffer buffer, in FrameFormat format, int length, long timestamp, FrameOrigin origin) =>
        new(buffer, format, length, _sequence, _clock.ToUtc(timestamp), timestamp) { Origin = origin };

    private CaptureException NoFolder(Exception e) => new($"There is no folder '{_path}'; name an existing one.", e);

    private List<string> List()
    {
        if (File.Exists(_path)) throw new CaptureException($"'{_path}' is a file, a folder of pictures was expected; for an MJPEG clip write file:{_path}.");
        try
        {
            var pictures = Directory.EnumerateFiles(_path)
                .Where(f => Extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal)
                .ToList();
            return pictures.Count > 0 ? pictures : throw new CaptureException($"The folder '{_path}' holds no .jpg, .jpeg or .png file; put pictures there or name another folder.");
        }
        catch (DirectoryNotFoundException e)
        {
            throw NoFolder(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException($"Cannot list the folder '{_path}': {e.Message.TrimEnd('.')}; make it readable for this user.", e);
        }
    }
}
