namespace EdgeVision.Models;

/// <summary>Order of the three colours in the input tensor.</summary>
public enum ColourOrder
{
    Bgr,
    Rgb,
}
