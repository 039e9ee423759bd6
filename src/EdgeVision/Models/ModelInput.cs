using EdgeVision.Configuration;
using EdgeVision.Inference;

namespace EdgeVision.Models;

/// <summary>What the model wants to see.</summary>
public sealed record ModelInput
{
    /// <summary>Larger inputs are refused: 4096 × 4096 × 3 floats are already 200 MB.</summary>
    public const int MaxSide = 4096;

    /// <summary>Input pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Input pixels.</summary>
    public required int Height { get; init; }

    public TensorElement Element { get; init; } = TensorElement.Float32;

    public TensorLayout Layout { get; init; } = TensorLayout.Nchw;

    public required ColourOrder Colour { get; init; }

    /// <summary>Subtracted from each colour, 0..255, in the order of <see cref="Colour"/>.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [0, 0, 0];

    /// <summary>Each colour is divided by it after <see cref="Mean"/>, in the order of <see cref="Colour"/>.</summary>
    public IReadOnlyList<float> Std { get; init; } = [1, 1, 1];

    public required ResizeMode Resize { get; init; }

    /// <summary>Grey value around a letterboxed picture, 0..255, before normalisation.</summary>
    public float Pad { get; init; }

    public static ModelInput Read(OptionsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new ModelInput
        {
            Width = reader.RequiredInteger("width", 1, MaxSide, "Input pixels."),
            Height = reader.RequiredInteger("height", 1, MaxSide, "Input pixels."),
            Element = reader.OneOf("type", TensorElement.Float32, "Type of the input's values.",
                ("float32", TensorElement.Float32), ("float16", TensorElement.Float16), ("uint8", TensorElement.UInt8)),
            Layout = reader.OneOf("layout", TensorLayout.Nchw, "Order of the input's dimensions.", ("nchw", TensorLayout.Nchw), ("nhwc", TensorLayout.Nhwc)),
            Colour = reader.RequiredOneOf("colour", "Order of the colours in the tensor.", ("bgr", ColourOrder.Bgr), ("rgb", ColourOrder.Rgb)),
            Mean = [.. reader.Numbers("mean", [0, 0, 0], -1000, 1000, "Subtracted from each colour (0 … 255), in the order of `colour`.").Select(static n => (float)n)],
            Std = [.. reader.Numbers("std", [1, 1, 1], 1e-3, 1000, "Each colour is divided by it after `mean`.").Select(static n => (float)n)],
            Resize = reader.RequiredOneOf("resize",
                "`letterbox` keeps the aspect ratio with the picture centred, `topLeft` with the picture in the corner, `stretch` fills the input, "
                + "`none` gives the picture as it is to a model that takes any size: `width` and `height` are then only what it is tried with.",
                ("letterbox", ResizeMode.Letterbox), ("topLeft", ResizeMode.TopLeft), ("stretch", ResizeMode.Stretch), ("none", ResizeMode.None)),
            Pad = (float)reader.Number("pad", 0, 0, 255, "Grey value of the bars, before normalisation."),
        };
    }
}
