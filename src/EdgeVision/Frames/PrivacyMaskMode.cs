namespace EdgeVision.Frames;

/// <summary>What takes the place of masked pixels.</summary>
public enum PrivacyMaskMode
{
    /// <summary>Nothing is left.</summary>
    Black,

    /// <summary>Blocks of the mean colour: movement and rough shapes stay visible.</summary>
    Pixelate,
}
