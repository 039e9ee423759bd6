namespace EdgeVision.Imaging;

/// <summary>Formats pictures are written in.</summary>
public enum PictureFormat
{
    /// <summary>Small, slightly lossy.</summary>
    Jpeg,

    /// <summary>Exact, several times larger.</summary>
    Png,
}
