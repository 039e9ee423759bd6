using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>Every model finds what an independent reference pipeline finds with it.</summary>
public sealed class AccuracyTests
{
    /// <summary>0.05 above where the references end.</summary>
    private const float Floor = ReferenceBoxes.Lowest + 0.05f;

    [Fact]
    public async Task People_are_found_as_by_the_reference() => Assert.Equal(
        (3, 19), await ReferenceBoxes.CompareAsync(ModelPackage.Load(Repository.BundledModel), Repository.Asset("people"), Repository.Asset("people/people.json"), Floor, 0.9f, 0.05f));

    [Fact]
    public async Task The_classic_pictures_give_the_reference_boxes()
    {
        var (pictures, reference) = (Repository.Shared("data", "classic"), Repository.Shared("models", "nanodet-g", "classic.json"));
        Assert.Equal((4, 17), await ReferenceBoxes.CompareAsync(ModelPackage.Load(Repository.BundledModel), pictures, reference, Floor, 0.9f, 0.05f));
    }

    /// <summary>Model, pictures, and how many objects the reference has there, so that a test without any would be noticed.</summary>
    public static TheoryData<string, string, int> References => new()
    {
        { "nanodet-g", "classic", 17 },
        { "nanodet-g", "people", 19 },
        { "nanodet-plus-m", "classic", 0 },
        { "nanodet-plus-m", "people", 0 },
        { "nanodet-plus-m-int8", "classic", 0 },
        { "nanodet-plus-m-1.5x", "classic", 0 },
        { "yolox-nano", "classic", 0 },
        { "yolov8n", "classic", 0 },
        { "yolo26n-e2e-int8", "classic", 0 },
        { "ssd-tf", "classic", 0 },
        { "ultraface", "people", 0 },
        { "yunet", "people", 0 },
    };

    [Theory]
    [MemberData(nameof(References))]
    public async Task Each_family_finds_what_its_reference_finds(string key, string pictures, int objects)
    {
        using var folder = new TemporaryFolder();
        var package = ReferenceModels.Load(key, folder);
        var isFace = package.Labels is ["face"];
        var reference = Repository.Shared("models", key, $"{pictures}.json");
        var (_, found) = await ReferenceBoxes.CompareAsync(package, Repository.Shared("data", pictures), reference, isFace ? 0.4f : Floor, 0.85f, 0.05f, LandmarksLieInTheirBoxes);
        Assert.Equal(objects, found);
    }

    [Fact]
    public async Task A_model_that_quantisation_broke_loads_and_finds_nothing()
    {
        using var folder = new TemporaryFolder();
        var package = ReferenceModels.Load("yolov8n-bad-quant", folder);
        using var nothing = new TemporaryFolder();
        var reference = nothing.Write("nothing.json", """{ "dog.jpg": [] }"""u8);
        Assert.Equal((1, 0), await ReferenceBoxes.CompareAsync(package, Repository.Shared("data", "classic"), reference, Floor, 0.85f, 0.05f));
    }

    private static void LandmarksLieInTheirBoxes(DetectionList found)
    {
        foreach (ref readonly var detection in found.Span)
        {
            foreach (var point in found.LandmarksOf(detection))
            {
                Assert.InRange(point.X, detection.Box.Left, detection.Box.Right);
                Assert.InRange(point.Y, detection.Box.Top, detection.Box.Bottom);
            }
        }
    }
}
