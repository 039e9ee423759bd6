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

    /// <summary>
    /// Model, pictures, least score of what is compared, most that scores may differ, and how many objects the reference has there, so that a test without
    /// any would be noticed. The references come from another JPEG decoder and round pixels to bytes before they normalise. A float model hardly notices,
    /// but 1.5x has two overlapping horses 0.01 apart, of which another one survives; the int8 models, whose steps are coarse, answer half a grey level with up
    /// to 0.15, the dynamically quantised one (which takes its scales from the picture) for the eagle with 0.29. What that costs is measured by <c>eval</c>.
    /// </summary>
    public static TheoryData<string, string, float, float, int> References => new()
    {
        { "nanodet-g", "classic", 0.35f, 0.05f, 17 },
        { "nanodet-g", "people", 0.35f, 0.05f, 19 },
        { "nanodet-plus-m", "classic", 0.35f, 0.05f, 16 },
        { "nanodet-plus-m", "people", 0.35f, 0.05f, 16 },
        { "nanodet-plus-m-int8", "classic", 0.55f, 0.1f, 10 },
        { "nanodet-plus-m-1.5x", "classic", 0.45f, 0.05f, 10 },
        { "yolox-nano", "classic", 0.35f, 0.05f, 11 },
        { "yolov8n", "classic", 0.35f, 0.05f, 13 },
        { "yolo26n-e2e-int8", "classic", 0.35f, 0.3f, 11 },
        { "ssd-tf", "classic", 0.35f, 0.05f, 43 },
        { "ultraface", "people", 0.4f, 0.05f, 9 },
        { "yunet", "people", 0.4f, 0.05f, 10 },
    };

    [Theory]
    [MemberData(nameof(References))]
    public async Task Each_family_finds_what_its_reference_finds(string key, string pictures, float floor, float scoreTolerance, int objects)
    {
        using var folder = new TemporaryFolder();
        var package = ReferenceModels.Load(key, folder);
        var reference = Repository.Shared("models", key, $"{pictures}.json");
        var (_, found) = await ReferenceBoxes.CompareAsync(package, Repository.Shared("data", pictures), reference, floor, 0.85f, scoreTolerance, look: LandmarksLieInTheirBoxes);
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

    private static void LandmarksLieInTheirBoxes(ModelPackage package, DetectionList found)
    {
        if (package.Manifest.Family == ModelFamily.YuNet) Assert.Equal(5, found.LandmarksPerObject);
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
