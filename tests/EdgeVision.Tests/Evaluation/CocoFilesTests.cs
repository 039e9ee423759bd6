using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using EdgeVision.Evaluation;

namespace EdgeVision.Tests.Evaluation;

public sealed class CocoFilesTests
{
    private const string Annotations = """
        {
          "info": { "year": 2026 },
          "images": [ { "id": 7, "file_name": "val/a.jpg", "width": 640, "height": 480 }, { "id": 9, "file_name": "b.jpg" } ],
          "categories": [ { "id": 1, "name": "person" }, { "id": 90, "name": "toothbrush" } ],
          "annotations": [
            { "id": 1, "image_id": 9, "category_id": 90, "bbox": [1, 2.5, 3, 4], "area": 12, "iscrowd": 0, "segmentation": [[1, 2, 3]] },
            { "id": 2, "image_id": 7, "category_id": 1, "bbox": [0, 0, 640, 480], "iscrowd": 1 }
          ]
        }
        """;

    private const string Results = """[ { "image_id": 9, "category_id": 90, "bbox": [1, 2.5, 3, 4], "score": 0.25 }, { "image_id": 7, "category_id": 4, "bbox": [0, 0, 1, 1], "score": 1 } ]""";

    [Fact]
    public void Annotations_are_read()
    {
        var set = Parse(Annotations);
        Assert.Equal([new AnnotatedImage(7, "val/a.jpg", 640, 480), new AnnotatedImage(9, "b.jpg", 0, 0)], set.Images);
        Assert.Equal([new AnnotatedCategory(1, "person"), new AnnotatedCategory(90, "toothbrush")], set.Categories);
        Assert.Equal([new GroundTruth(1, 1, new CocoBox(1, 2.5, 3, 4), false), new GroundTruth(0, 0, new CocoBox(0, 0, 640, 480), true)], set.Objects);
        Assert.Empty(set.Notes);
    }

    [Fact]
    public void Annotations_of_pictures_that_are_not_listed_are_left_out_and_told()
    {
        var set = Parse(With("annotations:0:image_id", "8"));
        Assert.Single(set.Objects);
        Assert.Equal(["Left out: 1 of the annotations in 'a.json', because their pictures are not in its list of images."], set.Notes);
    }

    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "images", "7", "images is 7 where a list was expected" },
        { "images", "[]", "lists no images where at least one was expected" },
        { "categories", "[]", "lists no categories" },
        { "annotations", "{}", "annotations is an object where a list was expected" },
        { "images:1", "\"b.jpg\"", "images[1] is \"b.jpg\" where an object was expected" },
        { "images:1:id", "\"9\"", "images[1].id is \"9\" where a whole number was expected" },
        { "images:1:id", "9.5", "images[1].id is 9.5 where a whole number" },
        { "images:1:id", "7", "images[1].id is 7, which is the id of images[0] too" },
        { "images:1:file_name", "\"../b.jpg\"", "images[1].file_name '../b.jpg' leads out of the folder" },
        { "images:1:file_name", "\"/etc/passwd\"", "leads out of the folder" },
        { "images:1:file_name", "\"a\\\\..\\\\..\\\\b.jpg\"", "leads out of the folder" },
        { "images:1:file_name", "\"a\\u0000b\"", "images[1].file_name is" },
        { "images:1:file_name", "\"\\ud800\"", "where a text of 1 to 1000 characters was expected" },
        { "images:0:width", "-1", "images[0].width is -1 where a number of pixels was expected" },
        { "categories:1:name", "\" \"", "categories[1].name is \" \" where a text" },
        { "categories:1:name", "\"person\"", "which another category is called too" },
        { "categories:1:id", "1", "categories[1].id is 1, which is the id of categories[0] too" },
        { "annotations:0:category_id", "2", "annotations[0].category_id is 2 where the id of one of its 2 categories was expected" },
        { "annotations:0:image_id", "null", "annotations[0].image_id is null where a whole number was expected" },
        { "annotations:0:bbox", "[1, 2, 3]", "annotations[0].bbox is [1, 2, 3] where [x, y, width, height] in pixels was expected" },
        { "annotations:0:bbox", "[1, 2, -3, 4]", "where [x, y, width, height] in pixels was expected" },
        { "annotations:0:bbox", "[1, 2, 3, 1e300]", "where [x, y, width, height]" },
        { "annotations:0:bbox", "[1, 2, 3, \"4\"]", "where [x, y, width, height]" },
        { "annotations:0:iscrowd", "2", "annotations[0].iscrowd is 2 where 0 or 1 was expected" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_one_sentence_with_its_place(string path, string value, string expected)
    {
        var message = Assert.Throws<EvaluationException>(() => Parse(With(path, value))).Message;
        Assert.StartsWith("'a.json'", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Contains(';', message);
    }

    [Fact]
    public void A_missing_key_is_named()
    {
        var root = JsonNode.Parse(Annotations)!;
        root["annotations"]![0]!.AsObject().Remove("bbox");
        Assert.Contains("annotations[0].bbox is missing where [x, y, width, height]", Refuse(root.ToJsonString()), StringComparison.Ordinal);
        Assert.Contains("images is missing where a list was expected", Refuse("{}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is not valid JSON at line 1")]
    [InlineData("{\n \"images\" }", "is not valid JSON at line 2")]
    [InlineData("[]", "holds a JSON array where an object with images, categories and annotations was expected")]
    public void What_is_no_annotations_file_is_refused(string json, string expected) => Assert.Contains(expected, Refuse(json), StringComparison.Ordinal);

    [Theory]
    [InlineData("b.jpg", "images[1].file_name is \"\uFFFD.jpg\" where a text")]
    [InlineData("file_name", "has a key that is not valid Unicode where '")]
    public void What_is_no_Unicode_is_refused(string word, string expected)
    {
        // The second picture's name or key gets a byte that is no UTF-8, or half a character.
        var json = Annotations.Insert(Annotations.LastIndexOf(word, StringComparison.Ordinal), word == "b.jpg" ? "@" : "\\ud800").Replace("@b", "@", StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(json);
        if (word == "b.jpg") bytes[Array.LastIndexOf(bytes, (byte)'@')] = 0xCC;
        Assert.Contains(expected, Assert.Throws<EvaluationException>(() => CocoAnnotations.Parse(bytes, "a.json")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_are_read_and_unknown_categories_counted()
    {
        var detections = ParseResults(Results, out var unknown);
        Assert.Equal([new ScoredDetection(1, 1, new CocoBox(1, 2.5, 3, 4), 0.25)], detections);
        Assert.Equal(new Dictionary<long, int> { [4] = 1 }, unknown);
    }

    [Theory]
    [InlineData("{}", "holds a JSON object where a list of detections was expected")]
    [InlineData("[7]", "[0] is 7 where an object was expected")]
    [InlineData("""[{"image_id":8,"category_id":1,"bbox":[0,0,1,1],"score":0.5}]""", "[0].image_id is 8 where the id of one of the 2 annotated pictures was expected")]
    [InlineData("""[{"image_id":7,"category_id":1,"bbox":[0,0,1,1],"score":50}]""", "[0].score is 50 where a number from 0 to 1 was expected")]
    [InlineData("""[{"image_id":7,"category_id":1,"bbox":[0,0,1,1],"score":1e999}]""", "where a number from 0 to 1 was expected")]
    [InlineData("""[{"image_id":7,"category_id":1,"bbox":[0,0,1,1]}]""", "[0].score is missing")]
    public void A_mistake_in_results_is_one_sentence(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<EvaluationException>(() => ParseResults(json, out _)).Message, StringComparison.Ordinal);

    [Fact]
    public void Results_come_back_to_the_last_digit() => Gen.Select(Gen.Double[-1000, 1000], Gen.Double[0, 1000], Gen.Double[0, 1], Gen.Int[0, 1], Gen.Int[0, 1]).Array[0, 20].Sample(rows =>
    {
        var set = Parse(Annotations);
        var detections = rows.Select(static r => new ScoredDetection(r.Item4, r.Item5, new CocoBox(r.Item1, r.Item1 / 3, r.Item2, r.Item2 / 7), r.Item3)).ToArray();
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) CocoResults.Write(json, set, detections);
        Assert.Equal(detections, CocoResults.Parse(buffer.WrittenMemory, "r.json", set, out var unknown));
        Assert.Empty(unknown);
    }, iter: 300);

    [Fact]
    public void Mutated_files_are_read_or_refused_and_never_crash()
    {
        var (annotations, results, set) = (Encoding.UTF8.GetBytes(Annotations), Encoding.UTF8.GetBytes(Results), Parse(Annotations));
        Fuzz.Mutations(annotations, iterations: 5000, bytes =>
        {
            try
            {
                var read = CocoAnnotations.Parse(bytes, "fuzz");
                Assert.All(read.Objects, o => Assert.True(o.Image < read.Images.Count && o.Category < read.Categories.Count && o.Box.Width >= 0 && o.Box.Height >= 0));
                CocoEvaluation.Evaluate(read, []);
            }
            catch (EvaluationException)
            {
                // The other answer that is allowed.
            }
        });
        Fuzz.Mutations(results, iterations: 5000, bytes =>
        {
            try
            {
                CocoEvaluation.Evaluate(set, CocoResults.Parse(bytes, "fuzz", set, out _));
            }
            catch (EvaluationException)
            {
                // The other answer that is allowed.
            }
        });
    }

    private static AnnotatedSet Parse(string json) => CocoAnnotations.Parse(Encoding.UTF8.GetBytes(json), "a.json");

    private static string Refuse(string json) => Assert.Throws<EvaluationException>(() => Parse(json)).Message;

    private static IReadOnlyList<ScoredDetection> ParseResults(string json, out IReadOnlyDictionary<long, int> unknown) =>
        CocoResults.Parse(Encoding.UTF8.GetBytes(json), "r.json", Parse(Annotations), out unknown);

    /// <summary>The good file with another value; as text, because some values are no valid node.</summary>
    private static string With(string path, string value)
    {
        var root = JsonNode.Parse(Annotations)!;
        var (at, keys) = (root, path.Split(':'));
        foreach (var key in keys[..^1]) at = int.TryParse(key, out var index) ? at[index]! : at[key]!;
        if (int.TryParse(keys[^1], out var last)) at[last] = "@@";
        else at[keys[^1]] = "@@";
        return root.ToJsonString().Replace("\"@@\"", value, StringComparison.Ordinal);
    }
}
