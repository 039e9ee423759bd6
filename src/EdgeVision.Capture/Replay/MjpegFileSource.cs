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
    private readonly JpegStreamReader _reader = new();
    private FileStream _file;
    private long _sequence;
    private long _length;
    private bool _anyInPass;

    public MjpegFileSource(string path, double fps, bool loop, FramePool pool, TimeProvider time)
    {
        (_path, _loop, _pool) = (path, loop, pool);
        _clock = new FrameClock(time);
        _file = Open();
        _reader.Restart(_file);
        _pacer = new FramePacer(fps, time);
    }

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        frame = null;
        var jpeg = Next(stopping);
        if (jpeg.IsEmpty)
        {
            if (_file.Length < _length) throw new CaptureException($"'{_path}' was shortened while it was played; put the whole clip back.");
            if (!_anyInPass) throw new CaptureException($"'{_path}' holds no JPEG picture; an MJPEG clip was expected (JPEG pictures one after the other): name one, or convert: {Conversion}");
            if (!_loop) return false;
            _file.Dispose();
            _file = Open();
            _reader.Restart(_file);
            _anyInPass = false;
            return TryRead(out frame, stopping);
        }

        _anyInPass = true;
        var timestamp = _pacer.Wait(stopping);
        // A picture without a readable header goes on as it is: whoever decodes it refuses and counts it.
        JpegHeader.TryRead(jpeg, out var width, out var height);
        var buffer = _pool.Rent(jpeg.Length);
        jpeg.CopyTo(buffer.Memory.Span);
        frame = new Frame(buffer, FrameFormat.Jpeg(width, height), jpeg.Length, ++_sequence, _clock.ToUtc(timestamp), timestamp);
        return true;
    }

    public void Dispose()
    {
        _file.Dispose();
        _pacer.Dispose();
    }

    public override string ToString() => $"clip {_path}";

    private string Conversion => $"ffmpeg -i '{_path}' -c:v mjpeg -f mjpeg clip.mjpeg";

    private ReadOnlySpan<byte> Next(CancellationToken stopping)
    {
        try
        {
            return _reader.Next(stopping);
        }
        catch (InvalidDataException e)
        {
            throw new CaptureException($"'{_path}' is no MJPEG clip: {e.Message}; JPEG pictures one after the other were expected; convert it: {Conversion}", e);
        }
        catch (IOException e)
        {
            throw new CaptureException($"Reading '{_path}' failed: {e.Message.TrimEnd('.')}; check the disk it lies on.", e);
        }
    }

    private FileStream Open()
    {
        if (Directory.Exists(_path)) throw new CaptureException($"'{_path}' is a folder, an MJPEG clip was expected; for a folder of pictures write dir:{_path}.");
        if (RegularFile.Otherwise(_path) is { } other) throw new CaptureException($"'{_path}' is {other}, an MJPEG clip was expected; name a regular file.");
        try
        {
            var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            try
            {
                CheckStart(file);
                return file;
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
            throw new CaptureException($"Cannot open '{_path}': {e.Message.TrimEnd('.')}; name a readable MJPEG clip.", e);
        }
    }

    /// <summary>A file of another kind is named at once instead of being searched for pictures.</summary>
    private void CheckStart(FileStream file)
    {
        Span<byte> start = stackalloc byte[PictureSignature.MaxBytes];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        _length = file.Length;
        if (length == 0) throw new CaptureException($"'{_path}' is empty, an MJPEG clip was expected; copy the clip again.");
        var kind = PictureSignature.Name(start[..length]);
        // Text may come before the first picture of a recorded HTTP stream.
        if (kind is PictureSignature.Jpeg or PictureSignature.Text or PictureSignature.Unknown) return;
        if (kind.EndsWith("video", StringComparison.Ordinal)) throw new CaptureException($"'{_path}' is {kind}, an MJPEG clip was expected; convert it: {Conversion}");
        if (kind == PictureSignature.LfsPointer) throw new CaptureException($"'{_path}' is {kind}, an MJPEG clip was expected; run git lfs pull.");
        throw new CaptureException($"'{_path}' is {(kind == PictureSignature.Png ? "a PNG picture" : kind)}, an MJPEG clip was expected; put JPEG or PNG pictures into a folder and write dir:FOLDER.");
    }
}
