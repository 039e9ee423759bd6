using EdgeVision.Configuration;

namespace EdgeVision.Models;

/// <summary>What a family's decoder must know beyond the shapes. Each family uses its own part and refuses the rest.</summary>
public sealed record DecoderOptions
{
    /// <summary>Input pixels per cell of each feature map, in the order of the output's rows.</summary>
    public IReadOnlyList<int> Strides { get; init; } = [];

    /// <summary>Last bin of a distance distribution: an edge has <c>RegMax + 1</c> logits.</summary>
    public int RegMax { get; init; }

    /// <summary>Where in its cell an anchor's centre lies, 0..1: the exporters disagree (0 or 0.5), and the wrong one costs 10–16 mAP points.</summary>
    public float CentreOffset { get; init; }

    /// <summary>Each family asks for its own keys; the others are unknown there.</summary>
    public static DecoderOptions Read(OptionsReader manifest, ModelFamily family)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return family switch
        {
            ModelFamily.NanoDet => manifest.RequiredSection("decoder", static reader => new DecoderOptions
            {
                Strides = reader.RequiredIntegers("strides", 1, 8, 4, 1024, "Input pixels per cell of each feature map, in the order of the output's rows."),
                RegMax = reader.RequiredInteger("regMax", 1, 63, "Last bin of a distance distribution: 10 for NanoDet-g (11 bins), 7 for NanoDet-Plus."),
                CentreOffset = (float)reader.RequiredNumber("centreOffset", 0, 1, "Where in its cell an anchor's centre lies: 0.5 for NanoDet, 0 for NanoDet-Plus exports."),
            }),
            _ => new DecoderOptions(),
        };
    }
}
