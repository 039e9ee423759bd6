namespace EdgeVision.Imaging.Turbo;

/// <summary>enum TJSAMP of turbojpeg.h, as far as it is decoded to planes here.</summary>
internal enum TurboSubsampling
{
    S444 = 0,
    S422 = 1,
    S420 = 2,
    Grey = 3,
}
