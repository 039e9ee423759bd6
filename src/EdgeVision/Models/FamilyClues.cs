using System.Globalization;
using System.Text.Json.Nodes;

namespace EdgeVision.Models;

/// <summary>Which families a graph can belong to, by the names and shapes of its outputs.</summary>
internal static class FamilyClues
{
    private static readonly int[][] StrideSets = [[8, 16, 32], [8, 16, 32, 64]];
    private static readonly string[] YuNetOutputs = ["cls", "obj", "bbox", "kps"];
    private static readonly string[] TensorFlowOutputs = ["detection_boxes", "detection_classes", "detection_scores", "num_detections"];

    /// <summary>All that fit; none when the outputs are of a kind we do not know.</summary>
    /// <param name="outputs">Of the graph.</param>
    /// <param name="width">Of the input; null when it is open.</param>
    /// <param name="height">Of the input; null when it is open.</param>
    /// <param name="labels">How many labels are known; null when none are.</param>
    public static IReadOnlyList<FamilyGuess> Find(IReadOnlyList<OnnxValue> outputs, int? width, int? height, int? labels)
    {
        var guesses = outputs.Count switch
        {
            1 => OfOne(outputs[0], width, height, labels),
            2 => OfTwo(outputs),
            _ => OfMany(outputs),
        };
        return [.. guesses.Where(g => labels is null || g.Labels is null || g.Labels == labels)];
    }

    /// <summary>Of Ultralytics' exports with open sizes, where only the numbers of a box and the labels are left to count.</summary>
    public static IReadOnlyList<FamilyGuess> OfOpenShapes(IReadOnlyList<OnnxValue> outputs, int? labels)
    {
        if (outputs is not [{ Dimensions.Count: 3 } output]) return [];
        if (labels is not null && output.Size(1) == 4 + labels) return [new(FamilyHabits.Yolov8, labels, $"4 + {labels} rows")];
        return output.Size(2) == 6 ? [new(FamilyHabits.EndToEnd, null, "rows of box, score and class")] : [];
    }

    private static List<FamilyGuess> OfMany(IReadOnlyList<OnnxValue> outputs)
    {
        var names = outputs.Select(static o => o.Name.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
        int[] strides = [.. StrideSets[1].Where(s => YuNetOutputs.All(kind => names.Contains($"{kind}_{s}")))];
        if (strides.Length > 0 && outputs.Count == 4 * strides.Length)
            return [new(FamilyHabits.YuNet, 1, "outputs cls, obj, bbox and kps of each stride") { IsUnmistakable = true, Decoder = Strides(strides) }];
        if (TensorFlowOutputs.All(names.Contains))
            return [new(FamilyHabits.TfObjectDetection, null, "outputs detection_boxes, detection_classes, detection_scores and num_detections") { IsUnmistakable = true }];
        return [];
    }

    private static List<FamilyGuess> OfTwo(IReadOnlyList<OnnxValue> outputs)
    {
        var boxes = outputs.FirstOrDefault(static o => o.Dimensions?.Count == 3 && o.Size(2) == 4 && o.Name.Contains("box", StringComparison.OrdinalIgnoreCase));
        var scores = outputs.FirstOrDefault(o => o != boxes && o.Dimensions?.Count == 3);
        if (boxes is null || scores is null || boxes.Size(1) != scores.Size(1)) return [];
        if (scores.Name == "scores" && scores.Size(2) == 2) return [new(FamilyHabits.UltraFace, 1, "outputs scores and boxes, two scores a box") { IsUnmistakable = true }];
        if (scores.Name.Contains("logits", StringComparison.Ordinal)) return [new(FamilyHabits.Detr, null, "outputs of logits and boxes")];
        return [];
    }

    private static List<FamilyGuess> OfOne(OnnxValue output, int? width, int? height, int? labels)
    {
        if (output.Dimensions?.Count != 3 || output.Size(1) is not (> 0 and < int.MaxValue) || output.Size(2) is not (> 0 and < int.MaxValue)) return [];
        var (rows, columns) = ((int)output.Size(1)!, (int)output.Size(2)!);
        var guesses = new List<FamilyGuess>();
        if (width is not { } w || height is not { } h)
        {
            return columns == 6 && rows <= 1000 ? [EndToEnd(rows)] : [];
        }

        foreach (var strides in StrideSets)
        {
            var cells = strides.Sum(s => Cells(w, s) * Cells(h, s));
            var of = $"of strides {string.Join(',', strides)}";
            if (columns == cells && rows > 4) guesses.Add(new(FamilyHabits.Yolov8, rows - 4, $"{Show(columns)} columns {of} and 4 + {Show(rows - 4)} rows"));
            if (rows == 3 * cells && columns > 5) guesses.Add(new(FamilyHabits.Yolov5, columns - 5, $"3 · {Show(cells)} rows {of} and 5 + {Show(columns - 5)} columns"));
            if (rows != cells) continue;
            if (columns > 5) guesses.Add(new(FamilyHabits.Yolox, columns - 5, $"{Show(rows)} rows {of} and 5 + {Show(columns - 5)} columns") { Decoder = Strides(strides) });
            guesses.AddRange(NanoDets(columns, labels, strides, of));
        }

        if (columns == 6 && rows <= 1000 && guesses.Count == 0) guesses.Add(EndToEnd(rows));
        return guesses;
    }

    private static FamilyGuess EndToEnd(int rows) => new(FamilyHabits.EndToEnd, null, $"{Show(rows)} rows of box, score and class");

    /// <summary>Without labels any number of bins fits; those of the published models are tried.</summary>
    private static IEnumerable<FamilyGuess> NanoDets(int columns, int? labels, int[] strides, string of)
    {
        for (var regMax = 1; regMax <= 63; regMax++)
        {
            var left = columns - (4 * (regMax + 1));
            if (left <= 0 || (labels is null ? regMax is not (7 or 10) : left != labels)) continue;
            var decoder = Strides(strides);
            decoder["regMax"] = regMax;
            yield return new(FamilyHabits.NanoDet, left, $"rows {of} and {Show(left)} + 4 · {Show(regMax + 1)} columns") { Decoder = decoder };
        }
    }

    private static int Cells(int side, int stride) => (side + stride - 1) / stride;

    private static JsonObject Strides(int[] strides) => new() { ["strides"] = new JsonArray([.. strides.Select(static s => JsonValue.Create(s))]) };

    private static string Show(int number) => number.ToString(CultureInfo.InvariantCulture);
}
