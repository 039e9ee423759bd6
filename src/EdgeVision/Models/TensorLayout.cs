namespace EdgeVision.Models;

/// <summary>Order of a picture's dimensions in the input tensor, batch first.</summary>
public enum TensorLayout
{
    /// <summary>[1, 3, height, width]: a plane per colour.</summary>
    Nchw,

    /// <summary>[1, height, width, 3]: a pixel's colours beside each other.</summary>
    Nhwc,
}
