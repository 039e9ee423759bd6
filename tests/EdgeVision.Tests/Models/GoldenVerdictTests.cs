using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Models;

public sealed class GoldenVerdictTests
{
    private static readonly ModelPackage Package = ModelPackage.Read(Path.Combine(Repository.Root, "models", "nanodet-g-416"));

    /// <summary>A person of 0.8 in the left half of a picture of 100 × 200; the model's threshold is 0.37.</summary>
    private static readonly GoldenSample Sample = new() { Picture = "a.jpg", Objects = [new("person", 0.8f, new Box(0, 0, 0.5f, 1))], MinIou = 0.8f, ConfidenceTolerance = 0.1f };

    private static readonly Detection Person = new(0, 0.8f, new Box(0, 0, 50, 200));

    [Fact]
    public void The_expected_object_is_no_mistake() => Assert.Empty(Compare(Person));

    public static TheoryData<string, Detection[], string> Mistakes => new()
    {
        { "nothing found", [], "person 0.80 is missing" },
        { "another label", [Person with { ClassId = 1 }], "person 0.80 is missing|bicycle 0.80 is found and should not be" },
        { "a shifted box", [Person with { Box = new Box(20, 0, 70, 200) }], "person 0.80 is missing (the nearest overlaps it by 0.43)|person 0.80 is found and should not be" },
        { "another confidence", [Person with { Confidence = 0.6f }], "person 0.80 is found with 0.60" },
        { "one too many", [Person, Person with { Confidence = 0.5f, Box = new Box(60, 0, 90, 50) }], "person 0.50 is found and should not be" },
        { "the same twice", [Person, Person], "person 0.80 is found and should not be" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void What_differs_is_told(string name, Detection[] found, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected.Split('|'), Compare(found));
    }

    [Fact]
    public void Near_its_threshold_an_object_may_appear_or_not()
    {
        var faint = Person with { Confidence = 0.45f, Box = new Box(60, 0, 90, 50) };
        Assert.Empty(Compare(Person, faint));
        var sample = Sample with { Objects = [.. Sample.Objects, new("dog", 0.42f, new Box(0, 0, 1, 1))] };
        Assert.Empty(GoldenVerdict.Compare(sample, [Person], 100, 200, Package));
    }

    [Fact]
    public void Small_differences_are_forgiven() => Assert.Empty(Compare(Person with { Confidence = 0.75f, Box = new Box(1, 3, 52, 198) }));

    [Fact]
    public void A_picture_of_nothing_must_stay_empty()
    {
        var nothing = Sample with { Objects = [] };
        Assert.Empty(GoldenVerdict.Compare(nothing, [], 100, 200, Package));
        Assert.Single(GoldenVerdict.Compare(nothing, [Person], 100, 200, Package));
    }

    private static IReadOnlyList<string> Compare(params Detection[] found) => GoldenVerdict.Compare(Sample, found, 100, 200, Package);
}
