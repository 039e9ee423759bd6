using EdgeVision.Configuration;
using EdgeVision.Geometry;

namespace EdgeVision.Frames;

/// <summary>One area that nobody may see. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record PrivacyMaskOptions
{
    /// <summary>Of the upright picture, 0..1 of its sides.</summary>
    public required Polygon Area { get; init; }

    public required PrivacyMaskMode Mode { get; init; }

    /// <summary>Side of a block as a share of the picture's longer side.</summary>
    public required double BlockShare { get; init; }

    /// <summary>Keys of one entry of a camera's <c>Masks</c>.</summary>
    public static PrivacyMaskOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var area = new Polygon(options.RequiredPoints("Points", 3, 64,
            "Corners of the polygon, in order, as shares of the upright picture: `[[0, 0], [0.5, 0], [0.5, 1]]` or `0,0 0.5,0 0.5,1`; 0,0 is the upper left corner. Sides that cross are allowed: what the outline winds around is masked. A pixel that the polygon touches is masked."));
        if (area.IsFlat) options.Refuse("Points", "the corners lie on one line and enclose nothing; give at least three that do not.");
        return new PrivacyMaskOptions
        {
            Area = area,
            Mode = options.OneOf("Mode", PrivacyMaskMode.Black,
                "What takes the place of the pixels: `black` leaves nothing; `pixelate` leaves blocks of their mean colour, so that movement stays visible. Where both meet, black wins.",
                ("black", PrivacyMaskMode.Black), ("pixelate", PrivacyMaskMode.Pixelate)),
            BlockShare = options.Number("BlockShare", 0.04, 0.01, 0.5,
                "For `pixelate`: side of a block as a share of the picture's longer side; at least 4 pixels. Whole blocks are masked as soon as the polygon touches them. Raising it hides more and blurs further beyond the polygon."),
        };
    }
}
