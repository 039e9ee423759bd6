using EdgeVision.Configuration;
using EdgeVision.Geometry;

namespace EdgeVision.Models;

/// <summary>An object that a golden picture is known to show.</summary>
/// <param name="Label">Of the model.</param>
/// <param name="Confidence">0..1.</param>
/// <param name="Box">xyxy, shares of the picture, 0..1.</param>
public sealed record GoldenObject(string Label, float Confidence, Box Box)
{
    public static GoldenObject Read(OptionsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var label = reader.RequiredText("label", "As the model names it.");
        _ = reader.Integer("classId", 0, 0, int.MaxValue, "As `detect` prints it; not read, the label says it.");
        var confidence = (float)reader.RequiredNumber("confidence", 0, 1, "Of the detection.");
        return new GoldenObject(label, confidence, reader.RequiredSection("box", static box =>
        {
            var (left, top) = (Share(box, "left", "Left edge"), Share(box, "top", "Upper edge"));
            return new Box(left, top, left + Share(box, "width", "Width"), top + Share(box, "height", "Height"));
        }));
    }

    private static float Share(OptionsReader box, string key, string what) => (float)box.RequiredNumber(key, 0, 1, $"{what}, as a share of the picture.");
}
