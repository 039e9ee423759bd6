namespace EdgeVision.Imaging;

/// <summary>
/// The sizes a JPEG can be decoded to without computing what is thrown away (the inverse DCT leaves out high frequencies). One choice for every
/// decoder, so that a detector sees the same picture on every machine.
/// </summary>
internal static class DctScale
{
    /// <summary>
    /// The cheapest scale that suffices: 1, 2, 4 or 8 eighths. 3/8, 5/8, 3/4 and 7/8 exist too, but their inverse DCTs have no SIMD, so that each costs as
    /// much as the next power of two or more, and taking 3/4 of a 640×480 picture for a model of 416 moved some fifty objects of the test pictures by over 0.05 of confidence or a tenth of their box.
    /// </summary>
    /// <param name="leastScale">Above 0: the least share of each side that must be stored.</param>
    public static int Eighths(float leastScale) => leastScale switch
    {
        <= 0.125f => 1,
        <= 0.25f => 2,
        <= 0.5f => 4,
        _ => 8,
    };

    /// <summary>Stored pixels of a side: rounded up, as libjpeg does (TJSCALED of turbojpeg.h).</summary>
    public static int Apply(int sourcePixels, int eighths) => ((sourcePixels * eighths) + 7) / 8;
}
