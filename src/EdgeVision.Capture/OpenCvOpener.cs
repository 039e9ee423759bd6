using EdgeVision.Frames;

namespace EdgeVision.Capture;

/// <summary>The door to <see cref="CameraScheme.OpenCv"/>, which lies in a project of its own that most builds do not have.</summary>
/// <param name="uri">Of that scheme.</param>
/// <param name="pool">Lends the pixels.</param>
/// <param name="time">Paces files and stamps frames.</param>
/// <exception cref="CaptureException">It cannot be opened; one sentence.</exception>
public delegate IFrameSource OpenCvOpener(CameraUri uri, FramePool pool, TimeProvider time);
