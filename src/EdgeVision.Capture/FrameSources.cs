using EdgeVision.Capture.Ffmpeg;
using EdgeVision.Capture.Replay;
using EdgeVision.Capture.V4l2;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Frames;

namespace EdgeVision.Capture;

/// <summary>Opens what a camera URI names.</summary>
public static class FrameSources
{
    /// <param name="uri">Checked.</param>
    /// <param name="pool">Lends the pixels.</param>
    /// <param name="time">Paces replay and stamps frames.</param>
    /// <param name="login">Password of the address's user.</param>
    /// <param name="openCv">Null in a build without OpenCV.</param>
    /// <param name="counters">Told what a driver loses.</param>
    /// <param name="controls">Wishes for the controls of a v4l2: camera.</param>
    /// <exception cref="CaptureException">It cannot be opened; one sentence.</exception>
    public static IFrameSource Open(CameraUri uri, FramePool pool, TimeProvider time, CameraLogin? login = null, OpenCvOpener? openCv = null, CaptureCounters? counters = null, WantedControls? controls = null)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return uri.Scheme switch
        {
            CameraScheme.Stream => Play(new FfmpegRequest { Address = uri.Address, Options = uri.Ffmpeg!, Login = login ?? CameraLogin.None }, pool, time),
            CameraScheme.File when uri.Ffmpeg!.NeedsFfmpeg || VideoFile.IsOne(uri.Path) => Play(new FfmpegRequest { Path = uri.Path, Options = uri.Ffmpeg }, pool, time),
            CameraScheme.File => new MjpegFileSource(uri.Path, uri.Fps, uri.Loop, pool, time),
            CameraScheme.Directory => new PictureFolderSource(uri.Path, uri.Fps, uri.Loop, pool, time),
            CameraScheme.V4l2 => V4l2Source.Open(uri.V4l2!, pool, time, counters, controls),
            CameraScheme.OpenCv => (openCv ?? WithoutOpenCv)(uri, pool, time),
            CameraScheme.TestPattern => new TestPatternSource(uri.Width, uri.Height, uri.Fps, pool, time),
            _ => throw new ArgumentOutOfRangeException(nameof(uri), uri.Scheme, "A new scheme needs a source."),
        };
    }

    private static IFrameSource WithoutOpenCv(CameraUri uri, FramePool pool, TimeProvider time) =>
        throw new CaptureException($"'{uri}' cannot be opened: this build has no OpenCV; build with -p:OpenCv=true on x64 and install libgtk-3-0, or open the camera by v4l2:, rtsp:, http: or file:.");

    private static FfmpegSource Play(FfmpegRequest request, FramePool pool, TimeProvider time) =>
        new(request, FfmpegProgram.Find(Environment.GetEnvironmentVariable), pool, time);
}
