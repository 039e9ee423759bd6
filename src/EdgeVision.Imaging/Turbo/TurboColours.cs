namespace EdgeVision.Imaging.Turbo;

/// <summary>enum TJCS of turbojpeg.h, as far as it is decoded to planes here.</summary>
internal enum TurboColours
{
    YCbCr = 1,
    Grey = 2,
}
