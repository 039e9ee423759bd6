using System.Text.Json.Nodes;
using EdgeVision.Geometry;

namespace EdgeVision.Configuration;

public sealed partial class OptionsReader
{
    /// <summary>What mistaken points read as.</summary>
    private static readonly Point[] AnyTriangle = [new(0, 0), new(1, 0), new(1, 1)];

    /// <summary>Places in a picture as shares of its sides, 0..1 from the upper left corner: a list of [x, y], or one text "x,y x,y …".</summary>
    public IReadOnlyList<Point> RequiredPoints(string key, int minCount, int maxCount, string text)
    {
        Declare(key, "list of points", null, $"{Range(minCount, maxCount)} of {Range(0, 1)}", text, required: true);
        if (Value(key, allowArray: true) is not { } node) return AnyTriangle;
        var points = node as JsonArray ?? (AsText(node) is { } line ? FromText(line) : null);
        if (points is null || points.Count < minCount || points.Count > maxCount)
            return Mistaken(key, node, $"a list of {Show(minCount)} to {Show(maxCount)} points, each [x, y]", AnyTriangle);

        var read = new Point[points.Count];
        var all = true;
        for (var i = 0; i < read.Length && !_reading.IsFull; i++)
        {
            if (points[i] is JsonArray { Count: 2 } pair && Share(pair[0]) is { } x && Share(pair[1]) is { } y) read[i] = new Point((float)x, (float)y);
            else all = Mistaken($"{key}[{i}]", points[i], "a point of two numbers from 0 to 1, as [0.25, 0.5]", false);
        }

        return all ? read : AnyTriangle;
    }

    /// <summary>What is no pair stays a text, which is a mistake.</summary>
    private static JsonArray FromText(string line)
    {
        var points = new JsonArray();
        foreach (var word in line.Split([' ', ';', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            points.Add(word.Split(',') is [var x, var y] ? new JsonArray(JsonValue.Create(x), JsonValue.Create(y)) : (JsonNode)JsonValue.Create(word));
        }

        return points;
    }

    private static double? Share(JsonNode? node) => node is JsonValue && AsDouble(node) is { } share and >= 0 and <= 1 ? share : null;
}
