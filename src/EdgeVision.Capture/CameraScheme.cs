namespace EdgeVision.Capture;

/// <summary>Kinds of camera that this version opens.</summary>
public enum CameraScheme
{
    /// <summary><c>file:</c>, an MJPEG clip.</summary>
    File,

    /// <summary><c>dir:</c>, a folder of pictures.</summary>
    Directory,

    /// <summary><c>test:pattern</c>.</summary>
    TestPattern,

    /// <summary><c>opencv:</c>, whatever OpenCV opens, in builds that have it.</summary>
    OpenCv,
}
