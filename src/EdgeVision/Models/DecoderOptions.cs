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

    /// <summary>What the graph has left to do.</summary>
    public ScoreActivation Activation { get; init; }

    /// <summary>How boxes are written.</summary>
    public BoxEncoding Boxes { get; init; }

    /// <summary>Each family asks for its own keys; the others are unknown there.</summary>
    public static DecoderOptions Read(OptionsReader manifest, ModelFamily family)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (manifest.IsDocumenting) return manifest.Section("decoder", ReadForDocumentation);
        return family switch
        {
            ModelFamily.NanoDet => manifest.RequiredSection("decoder", static reader => new DecoderOptions
            {
                Strides = ReadStrides(reader),
                RegMax = ReadRegMax(reader),
                CentreOffset = ReadCentreOffset(reader),
                Activation = ReadActivation(reader, ScoreActivation.None, ("none", ScoreActivation.None), ("sigmoid", ScoreActivation.Sigmoid)),
            }),
            ModelFamily.Yolox => manifest.RequiredSection("decoder", static reader => ReadBoxes(reader) is var boxes && boxes == BoxEncoding.Grid
                ? new DecoderOptions { Strides = ReadStrides(reader) }
                : new DecoderOptions { Boxes = boxes }),
            ModelFamily.YuNet => manifest.RequiredSection("decoder", static reader => new DecoderOptions { Strides = ReadStrides(reader) }),
            ModelFamily.Detr => manifest.Section("decoder", static reader => new DecoderOptions
            {
                Activation = ReadActivation(reader, ScoreActivation.Sigmoid, ("sigmoid", ScoreActivation.Sigmoid), ("softmax", ScoreActivation.Softmax)),
            }),
            _ => new DecoderOptions(),
        };
    }

    /// <summary>Every key of every family.</summary>
    private static DecoderOptions ReadForDocumentation(OptionsReader reader) => new()
    {
        Strides = ReadStrides(reader),
        RegMax = ReadRegMax(reader),
        CentreOffset = ReadCentreOffset(reader),
        Activation = ReadActivation(reader, ScoreActivation.None, ("none", ScoreActivation.None), ("sigmoid", ScoreActivation.Sigmoid), ("softmax", ScoreActivation.Softmax)),
        Boxes = ReadBoxes(reader),
    };

    private static IReadOnlyList<int> ReadStrides(OptionsReader reader) => reader.RequiredIntegers("strides", 1, 8, 4, 1024,
        "For nanodet, yolox and yunet. Input pixels per cell of each feature map, in the order of the output's rows.");

    private static int ReadRegMax(OptionsReader reader) => reader.RequiredInteger("regMax", 1, 63,
        "For nanodet. Last bin of a distance distribution: 10 for NanoDet-g (11 bins), 7 for NanoDet-Plus.");

    private static float ReadCentreOffset(OptionsReader reader) => (float)reader.RequiredNumber("centreOffset", 0, 1,
        "For nanodet. Where in its cell an anchor's centre lies: 0.5 for NanoDet, 0 for NanoDet-Plus exports.");

    private static BoxEncoding ReadBoxes(OptionsReader reader) => reader.OneOf("boxes", BoxEncoding.Grid,
        "For yolox. `grid` for the usual export, `pixels` for one made with `--decode_in_inference`, which needs no `strides`.",
        ("grid", BoxEncoding.Grid), ("pixels", BoxEncoding.Pixels));

    private static ScoreActivation ReadActivation(OptionsReader reader, ScoreActivation fallback, params ReadOnlySpan<(string Word, ScoreActivation Value)> choices)
    {
        const string Text = "What is still to be done to the class scores. nanodet: `none` (default) when they are 0 … 1, `sigmoid` for logits. "
            + "detr: `sigmoid` (default) for RT-DETR and D-FINE, `softmax` for the original DETR, whose last class is \"no object\".";
        return reader.OneOf("activation", fallback, Text, choices);
    }
}
