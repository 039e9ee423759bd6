using EdgeVision.Capture;
#if OPENCV
using EdgeVision.Frames;
using EdgeVision.OpenCv;
#endif

namespace EdgeVision.Module;

/// <summary>Leads to <c>opencv:</c> cameras in a build with <c>-p:OpenCv=true</c>; every other build has none of it (docs/adr/0012).</summary>
internal static class OpenCvDoor
{
#if OPENCV
    public static OpenCvOpener? Opener { get; } = Open;

    private static OpenCvSource Open(CameraUri uri, FramePool pool, TimeProvider time) => new(
        new OpenCvCamera
        {
            Webcam = uri.Webcam,
            Pipeline = uri.Pipeline,
            File = uri.Webcam is null && uri.Pipeline is null ? uri.Path : null,
            Width = uri.Width,
            Height = uri.Height,
            Fps = uri.Fps,
            Shown = uri.ToString(),
        },
        pool,
        time);
#else
    public static OpenCvOpener? Opener => null;
#endif
}
