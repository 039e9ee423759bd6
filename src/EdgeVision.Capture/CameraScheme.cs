namespace EdgeVision.Capture;

/// <summary>Kinds of camera that this version opens.</summary>
public enum CameraScheme
{
    /// <summary><c>file:</c>, an MJPEG clip or a video.</summary>
    File,

    /// <summary><c>dir:</c>, a folder of pictures.</summary>
    Directory,

    /// <summary><c>test:pattern</c>.</summary>
    TestPattern,

    /// <summary><c>opencv:</c>, whatever OpenCV opens, in builds that have it.</summary>
    OpenCv,

    /// <summary><c>rtsp:</c>, <c>rtsps:</c>, <c>http:</c> and <c>https:</c>, through ffmpeg.</summary>
    Stream,

    /// <summary><c>v4l2:</c>, a camera on this machine.</summary>
    V4l2,
}
