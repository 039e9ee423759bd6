using System.Text.Json;

namespace EdgeVision.Evaluation;

/// <summary>Reads COCO annotations (object detection format: <c>images</c>, <c>categories</c>, <c>annotations</c>).</summary>
public static class CocoAnnotations
{
    /// <summary>More are refused: the whole is parsed in memory. COCO's validation set has 20 MB, half of its training set would fit.</summary>
    public const int MaxBytes = 256 << 20;

    private const string Expected = "an object with images, categories and annotations";

    /// <param name="json">UTF-8.</param>
    /// <param name="name">Of the file, for the errors.</param>
    /// <exception cref="EvaluationException">It cannot be used; says where and why.</exception>
    public static AnnotatedSet Parse(ReadOnlyMemory<byte> json, string name)
    {
        var fields = new JsonFields(name);
        using var document = fields.Parse(json, JsonValueKind.Object, Expected);
        var root = document.RootElement;
        var (images, imageOf) = ReadImages(fields, root, name);
        var (categories, categoryOf) = ReadCategories(fields, root, name);
        var objects = new List<GroundTruth>();
        var (strays, at) = (0, 0);
        foreach (var item in fields.List(root, "annotations").EnumerateArray())
        {
            var path = $"annotations[{at++}]";
            fields.Object(item, path);
            var category = fields.Id(item, path, "category_id");
            if (!categoryOf.TryGetValue(category, out var categoryIndex))
                throw new EvaluationException($"'{name}': {path}.category_id is {category} where the id of one of its {categories.Count} categories was expected; add the category or remove the annotation.");
            var truth = new GroundTruth(0, categoryIndex, fields.Box(item, path, "bbox"), fields.Flag(item, path, "iscrowd"));
            if (imageOf.TryGetValue(fields.Id(item, path, "image_id"), out var image)) objects.Add(truth with { Image = image });
            else strays++;
        }

        return new AnnotatedSet(images, categories, objects)
        {
            // A cut-down list of images over the full list of annotations is how people make a small set.
            Notes = strays == 0 ? [] : [$"Left out: {strays} of the annotations in '{name}', because their pictures are not in its list of images."],
        };
    }

    private static (List<AnnotatedImage> Images, Dictionary<long, int> Index) ReadImages(JsonFields fields, JsonElement root, string name)
    {
        var (images, index) = (new List<AnnotatedImage>(), new Dictionary<long, int>());
        foreach (var item in fields.List(root, "images").EnumerateArray())
        {
            var path = $"images[{images.Count}]";
            fields.Object(item, path);
            var image = new AnnotatedImage(
                fields.Id(item, path, "id"), fields.Text(item, path, "file_name"), fields.Side(item, path, "width"), fields.Side(item, path, "height"));
            if (Path.IsPathRooted(image.FileName) || image.FileName.Split('/', '\\').Contains(".."))
                throw new EvaluationException($"'{name}': {path}.file_name '{image.FileName}' leads out of the folder of pictures; give it relative to that folder.");
            if (!index.TryAdd(image.Id, images.Count))
                throw new EvaluationException($"'{name}': {path}.id is {image.Id}, which is the id of images[{index[image.Id]}] too; give each picture its own.");
            images.Add(image);
        }

        if (images.Count == 0) throw new EvaluationException($"'{name}' lists no images where at least one was expected; is it the right file?");
        return (images, index);
    }

    private static (List<AnnotatedCategory> Categories, Dictionary<long, int> Index) ReadCategories(JsonFields fields, JsonElement root, string name)
    {
        var (categories, index, names) = (new List<AnnotatedCategory>(), new Dictionary<long, int>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var item in fields.List(root, "categories").EnumerateArray())
        {
            var path = $"categories[{categories.Count}]";
            fields.Object(item, path);
            var category = new AnnotatedCategory(fields.Id(item, path, "id"), fields.Text(item, path, "name"));
            if (!names.Add(category.Name))
                throw new EvaluationException($"'{name}': {path}.name is '{category.Name}', which another category is called too; give each its own name.");
            if (!index.TryAdd(category.Id, categories.Count))
                throw new EvaluationException($"'{name}': {path}.id is {category.Id}, which is the id of categories[{index[category.Id]}] too; give each category its own.");
            categories.Add(category);
        }

        if (categories.Count == 0) throw new EvaluationException($"'{name}' lists no categories where at least one was expected; is it the right file?");
        return (categories, index);
    }
}
