namespace EdgeVision.Models;

/// <summary>How a model's outputs are to be read. One decoder a family.</summary>
public enum ModelFamily
{
    /// <summary>Anchor-free rows of class scores and distance distributions: NanoDet and NanoDet-Plus.</summary>
    NanoDet,
}
