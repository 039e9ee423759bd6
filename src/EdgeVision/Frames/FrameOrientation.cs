namespace EdgeVision.Frames;

/// <summary>
/// How the stored picture is turned to stand upright: first mirrored left to right when the name says so, then turned clockwise. Numbers are those of EXIF's
/// orientation tag less one (Exif 2.32, 4.6.4 A).
/// </summary>
public enum FrameOrientation
{
    Upright = 0,
    Mirrored = 1,
    Rotated180 = 2,

    /// <summary>Upside down by a mirror.</summary>
    MirroredRotated180 = 3,

    /// <summary>Mirrored, then a quarter turn counter-clockwise: rows become columns.</summary>
    MirroredRotated270 = 4,

    /// <summary>A quarter turn clockwise.</summary>
    Rotated90 = 5,

    MirroredRotated90 = 6,

    /// <summary>A quarter turn counter-clockwise.</summary>
    Rotated270 = 7,
}
