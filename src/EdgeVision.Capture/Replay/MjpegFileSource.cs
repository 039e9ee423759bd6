using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;
using EdgeVision.Imaging;

namespace EdgeVision.Capture.Replay;

/// <summary>
/// An MJPEG clip (JPEG pictures one after the other) played as a camera, at its own rate. Frames stay compressed. With loop the file is
/// opened again at its end, so a replaced clip is picked up and a vanished one is a lost camera.
/// </summary>
internal sealed class MjpegFileSource : IFrameSource
{
    private readonly string _path;
    private readonly bool _loop;
    private readonly FramePool _pool;
    private readonly FrameClock _clock;
    private readonly FramePacer _pacer;
    private FileStream _file;
    private JpegStreamReader _reader;
    private long _sequence;
    private long _thisPass;
    private long _length;

    public MjpegFileSource(string path, double fps, bool loop, FramePool pool, TimeProvider time)
    {
        (_path, _loop, _pool) = (path, loop, pool);
        _clock = new FrameClock(time);
        (_file, _reader) = Open();
        _pacer = new FramePacer(fps, time);
    }

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        frame = null;
        var jpeg = Next();
        if (jpeg.IsEmpty)
        {
            if (_file.Length < _length) throw new CaptureException($"'{_path}' was shortened while it was played; put the whole clip back.");
            if (_thisPass == 0) throw new CaptureException($"'{_path}' holds no JPEG picture; an MJPEG clip was expected (JPEG pictures one after the other). Other videos come with a later version.");
            if (!_loop) return false;
            _file.Dispose();
            (_file, _reader) = Open();
            _thisPass = 0;
            jpeg = Next();
            if (jpeg.IsEmpty) throw new CaptureException($"'{_path}' became empty while it was played; put the clip back.");
        }

        _thisPass++;
        // A picture without a readable header goes on as it is: whoever decodes it refuses and counts it.
        JpegHeader.TryRead(jpeg, out var width, out var height);
        var buffer = _pool.Rent(jpeg.Length);
        jpeg.CopyTo(buffer.Memory.Span);
        var length = jpeg.Length;
        try
        {
            var timestamp = _pacer.Wait(stopping);
            frame = new Frame(buffer, FrameFormat.Jpeg(width, height), length, ++_sequence, _clock.ToUtc(timestamp), timestamp);
            return true;
        }
        catch (OperationCanceledException)
        {
            buffer.Return();
            throw;
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _pacer.Dispose();
    }

    public override string ToString() => $"clip {_path}";

    private ReadOnlySpan<byte> Next()
    {
        try
        {
            return _reader.Next();
        }
        catch (InvalidDataException e)
        {
            throw new CaptureException($"'{_path}' is no MJPEG clip: {e.Message}; JPEG pictures one after the other were expected. Convert it: ffmpeg -i INPUT -c:v mjpeg -f mjpeg clip.mjpeg", e);
        }
        catch (IOException e)
        {
            throw new CaptureException($"Reading '{_path}' failed: {e.Message} Check the disk it lies on.", e);
        }
    }

    private (FileStream File, JpegStreamReader Reader) Open()
    {
        if (Directory.Exists(_path)) throw new CaptureException($"'{_path}' is a folder, an MJPEG clip was expected; for a folder of pictures write dir:{_path}.");
        try
        {
            var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            try
            {
                CheckStart(file);
                return (file, new JpegStreamReader(file));
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CaptureException($"There is no file '{_path}'; name an existing MJPEG clip.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CaptureException($"This user may not read '{_path}'; make it readable (chmod a+r) or name another clip.", e);
        }
        catch (IOException e)
        {
            throw new CaptureException($"Cannot open '{_path}': {e.Message} Name a readable MJPEG clip.", e);
        }
    }

    /// <summary>A picture or video of another kind is named at once instead of being searched for pictures.</summary>
    private void CheckStart(FileStream file)
    {
        Span<byte> start = stackalloc byte[16];
        if (!file.CanSeek) throw new CaptureException($"'{_path}' is no regular file; an MJPEG clip was expected.");
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        _length = file.Length;
        if (length == 0) throw new CaptureException($"'{_path}' is empty; an MJPEG clip was expected.");
        var kind = PictureSignature.Name(start[..length]);
        if (kind is PictureSignature.Png) throw new CaptureException($"'{_path}' is a PNG picture, an MJPEG clip was expected; put pictures into a folder and write dir:FOLDER.");
        if (kind.EndsWith("video", StringComparison.Ordinal))
            throw new CaptureException($"'{_path}' is {kind}, which this version does not play; convert it: ffmpeg -i '{_path}' -c:v mjpeg -f mjpeg clip.mjpeg");
    }
}
