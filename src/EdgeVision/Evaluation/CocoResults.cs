using System.Text.Json;

namespace EdgeVision.Evaluation;

/// <summary>Reads and writes COCO results: a list of <c>{image_id, category_id, bbox, score}</c>.</summary>
public static class CocoResults
{
    /// <summary>More are refused: the whole is parsed in memory.</summary>
    public const int MaxBytes = CocoAnnotations.MaxBytes;

    private const string Expected = "a list of detections";

    /// <param name="json">UTF-8.</param>
    /// <param name="name">Of the file, for the errors.</param>
    /// <param name="set">Whose pictures and categories the ids name.</param>
    /// <param name="unknownCategories">Detections by category id that the set does not have: they are left out, as the official evaluation does.</param>
    /// <exception cref="EvaluationException">It cannot be used; says where and why.</exception>
    public static IReadOnlyList<ScoredDetection> Parse(ReadOnlyMemory<byte> json, string name, AnnotatedSet set, out IReadOnlyDictionary<long, int> unknownCategories)
    {
        ArgumentNullException.ThrowIfNull(set);
        var fields = new JsonFields(name);
        using var document = fields.Parse(json, JsonValueKind.Array, Expected);
        var images = Enumerable.Range(0, set.Images.Count).ToDictionary(i => set.Images[i].Id);
        var categories = Enumerable.Range(0, set.Categories.Count).ToDictionary(i => set.Categories[i].Id);
        var (detections, unknown, at) = (new List<ScoredDetection>(), new Dictionary<long, int>(), 0);
        foreach (var item in document.RootElement.EnumerateArray())
        {
            var path = $"[{at++}]";
            fields.Object(item, path);
            var (image, category) = (fields.Id(item, path, "image_id"), fields.Id(item, path, "category_id"));
            var (box, score) = (fields.Box(item, path, "bbox"), fields.Score(item, path, "score"));
            if (!images.TryGetValue(image, out var imageIndex))
                throw new EvaluationException($"'{name}': {path}.image_id is {image} where the id of one of the {images.Count} annotated pictures was expected; take the annotations that these detections were made for.");
            if (categories.TryGetValue(category, out var categoryIndex)) detections.Add(new ScoredDetection(imageIndex, categoryIndex, box, score));
            else unknown[category] = unknown.GetValueOrDefault(category) + 1;
        }

        unknownCategories = unknown;
        return detections;
    }

    /// <summary>Writes what <see cref="Parse"/> reads, numbers to their last digit.</summary>
    public static void Write(Utf8JsonWriter json, AnnotatedSet set, IReadOnlyList<ScoredDetection> detections)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(detections);
        json.WriteStartArray();
        foreach (var detection in detections)
        {
            json.WriteStartObject();
            json.WriteNumber("image_id"u8, set.Images[detection.Image].Id);
            json.WriteNumber("category_id"u8, set.Categories[detection.Category].Id);
            json.WriteStartArray("bbox"u8);
            json.WriteNumberValue(detection.Box.X);
            json.WriteNumberValue(detection.Box.Y);
            json.WriteNumberValue(detection.Box.Width);
            json.WriteNumberValue(detection.Box.Height);
            json.WriteEndArray();
            json.WriteNumber("score"u8, detection.Confidence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
