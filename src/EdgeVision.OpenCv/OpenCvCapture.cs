using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeVision.Frames;
using OpenCvSharp;

namespace EdgeVision.OpenCv;

/// <summary>The one type that touches OpenCvSharp, so that its library is loaded when the first of these is opened, and not before.</summary>
internal sealed class OpenCvCapture : IDisposable
{
    private readonly string _shown;
    private readonly VideoCapture _capture;
    private readonly Mat _picture = new();

    private OpenCvCapture(string shown, VideoCapture capture) => (_shown, _capture) = (shown, capture);

    /// <summary>As the file says; 0 or nonsense where it says nothing.</summary>
    public double FramesPerSecond => _capture.Fps;

    /// <exception cref="CaptureException">It cannot be opened, or OpenCV's library cannot be loaded.</exception>
    public static OpenCvCapture Open(OpenCvCamera camera)
    {
        try
        {
            if (camera.Pipeline is not null && !HasGStreamer()) throw new CaptureException(OpenCvLibrary.WithoutGStreamer(camera.Shown));
            var capture = Start(camera);
            try
            {
                if (capture.IsOpened()) return new OpenCvCapture(camera.Shown, capture);
            }
            catch
            {
                capture.Dispose();
                throw;
            }

            capture.Dispose();
        }
        catch (Exception e) when (OpenCvLibrary.IsAbsent(e))
        {
            throw new CaptureException(OpenCvLibrary.Absent(e, RuntimeInformation.ProcessArchitecture), e);
        }
        catch (OpenCVException e)
        {
            throw new CaptureException($"OpenCV cannot open '{camera.Shown}': {e.Message.TrimEnd('.')}; {Remedy(camera)}.", e);
        }

        throw new CaptureException($"OpenCV cannot open '{camera.Shown}'; {Remedy(camera)}.");
    }

    /// <summary>Blocks until the next picture. False when there is none any more.</summary>
    public bool TryRead(out FrameFormat format)
    {
        format = default;
        try
        {
            if (!_capture.Read(_picture) || _picture.Empty()) return false;
        }
        catch (OpenCVException e)
        {
            throw new CaptureException($"OpenCV failed while it read '{_shown}': {e.Message.TrimEnd('.')}; open it with another program to see whether it is whole.", e);
        }

        var type = _picture.Type();
        if (type != MatType.CV_8UC3 && type != MatType.CV_8UC1)
            throw new CaptureException($"'{_shown}' gives pictures of OpenCV's type {type}, BGR or grey of 8 bits was expected; let the pipeline convert: ! videoconvert ! video/x-raw,format=BGR ! appsink.");
        format = FrameFormat.Packed(type == MatType.CV_8UC3 ? PixelFormat.Bgr24 : PixelFormat.Grey8, _picture.Width, _picture.Height);
        return true;
    }

    /// <summary>The picture of the last <see cref="TryRead"/>.</summary>
    /// <param name="to">Rows of <paramref name="stride"/> bytes.</param>
    /// <param name="stride">Bytes of a row, as that call said.</param>
    public unsafe void CopyTo(Span<byte> to, int stride)
    {
        var (rows, step) = (_picture.Height, checked((int)_picture.Step()));
        Debug.Assert(to.Length == stride * rows && stride <= step, "The format is that of the picture.");
        var pixels = new ReadOnlySpan<byte>((void*)_picture.Data, (step * (rows - 1)) + stride);
        for (var y = 0; y < rows; y++) pixels.Slice(y * step, stride).CopyTo(to[(y * stride)..]);
    }

    public void Dispose()
    {
        _picture.Dispose();
        _capture.Dispose();
    }

    private static bool HasGStreamer() => OpenCvLibrary.HasGStreamer(Cv2.GetBuildInformation());

    private static VideoCapture Start(OpenCvCamera camera)
    {
        if (camera.Pipeline is { } pipeline) return new VideoCapture(pipeline, VideoCaptureAPIs.GSTREAMER);
        if (camera.File is { } file) return new VideoCapture(file, VideoCaptureAPIs.ANY);
        var webcam = new VideoCapture(camera.Webcam ?? throw new ArgumentException("A webcam, a pipeline or a file is needed.", nameof(camera)), VideoCaptureAPIs.ANY);
        // Wishes: whether they came true shows in the frames.
        if (camera.Width > 0) webcam.Set(VideoCaptureProperties.FrameWidth, camera.Width);
        if (camera.Height > 0) webcam.Set(VideoCaptureProperties.FrameHeight, camera.Height);
        if (camera.Fps > 0) webcam.Set(VideoCaptureProperties.Fps, camera.Fps);
        return webcam;
    }

    private static string Remedy(OpenCvCamera camera) => camera switch
    {
        { Webcam: { } number } => $"a webcam was expected under that number: look for /dev/video{number}, whether this user may read it (group video) and whether another program holds it",
        { Pipeline: not null } => "a GStreamer pipeline that ends in appsink was expected: try it with gst-launch-1.0 and autovideosink in its place",
        _ => "a video that its FFmpeg can decode was expected: look at it with ffprobe, or convert it with ffmpeg -i IN -c:v libx264 OUT.mp4",
    };
}
