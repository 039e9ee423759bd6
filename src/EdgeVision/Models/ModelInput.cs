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

    public TensorLayout Layout { get; init; } = TensorLayout.Nchw;

    public required ColourOrder Colour { get; init; }

    /// <summary>Subtracted from each colour, 0..255, in the order of <see cref="Colour"/>.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [0, 0, 0];

    /// <summary>Each colour is divided by it after <see cref="Mean"/>, in the order of <see cref="Colour"/>.</summary>
    public IReadOnlyList<float> Std { get; init; } = [1, 1, 1];

    public required ResizeMode Resize { get; init; }

    /// <summary>Grey value around a letterboxed picture, 0..255, before normalisation.</summary>
    public float Pad { get; init; }
}
