using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.OpenCv;

/// <summary>
/// A camera behind OpenCV: a webcam on a developer's machine, a GStreamer pipeline, any video file. Bgr24 or Grey8, copied once into the pool. Files play at
/// their own rate and end; a webcam or pipeline that stops has failed. Stamps are of the moment at which OpenCV gave the frame: it has no kernel's.
/// </summary>
/// <remarks>
/// OpenCV's reads cannot be interrupted: a camera that gives nothing holds its capture thread for as long as OpenCV's backend waits.
/// Which is why v4l2: and rtsp: do not go this way.
/// </remarks>
public sealed class OpenCvSource : IFrameSource
{
    /// <summary>Where a file does not say.</summary>
    private const double DefaultFileFps = 25;

    private readonly OpenCvCamera _camera;
    private readonly FramePool _pool;
    private readonly TimeProvider _time;
    private readonly FrameClock _clock;
    private readonly OpenCvCapture _capture;
    private readonly FramePacer? _pacer;
    private long _sequence;

    /// <exception cref="CaptureException">It cannot be opened, or OpenCV's library cannot be loaded.</exception>
    public OpenCvSource(OpenCvCamera camera, FramePool pool, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(camera);
        (_camera, _pool, _time) = (camera, pool, time);
        if (camera.File is { } path) CheckFile(path);
        _clock = new FrameClock(time);
        _capture = OpenCvCapture.Open(camera);
        if (camera.File is not null) _pacer = new FramePacer(RateOf(_capture.FramesPerSecond), time);
    }

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        frame = null;
        stopping.ThrowIfCancellationRequested();
        if (!_capture.TryRead(out var format)) return End();
        // Decoded ahead of its time: the frame is there when it is due.
        var timestamp = _pacer?.Wait(stopping) ?? _time.GetTimestamp();
        var buffer = _pool.Rent(format.SizeInBytes);
        _capture.CopyTo(buffer.Memory.Span[..format.SizeInBytes], format.Stride);
        frame = new Frame(buffer, format, format.SizeInBytes, ++_sequence, _clock.ToUtc(timestamp), timestamp);
        return true;
    }

    public void Dispose()
    {
        _capture.Dispose();
        _pacer?.Dispose();
    }

    public override string ToString() => _camera.Shown;

    private bool End()
    {
        if (_camera.File is { } path)
            return _sequence > 0 ? false : throw new CaptureException($"OpenCV finds no picture in '{path}'; a video was expected: name one that ffprobe can read.");
        throw new CaptureException(_camera.Webcam is not null
            ? $"'{_camera.Shown}' gives no more frames: a webcam was expected to stay; check its cable and that no other program took it."
            : $"'{_camera.Shown}' came to its end or failed, which OpenCV does not tell apart: a pipeline was expected to go on; run it with gst-launch-1.0 to see why.");
    }

    /// <summary>Before OpenCV is loaded, and in better words than its own.</summary>
    private static void CheckFile(string path)
    {
        if (RegularFile.Otherwise(path) is { } other) throw new CaptureException($"'{path}' is {other}, a video was expected; name a regular file.");
        if (!File.Exists(path)) throw new CaptureException($"There is no file '{path}'; name an existing video.");
    }

    private static double RateOf(double told) => double.IsFinite(told) && told is >= 0.01 and <= 1000 ? told : DefaultFileFps;
}
