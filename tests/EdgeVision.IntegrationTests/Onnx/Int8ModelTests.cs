using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>The 8-bit model sees what the float model sees, within what 8 bits cost.</summary>
public sealed class Int8ModelTests
{
    /// <summary>Measured worst on these pictures: 0.065. The float parts round otherwise on other processors, hence the rest.</summary>
    private const float ScoreTolerance = 0.08f;

    /// <summary>Measured worst: 0.904.</summary>
    private const float MinIou = 0.88f;

    /// <summary>The reference's own floor and the tolerance: what scores more must be in the reference.</summary>
    private const float Floor = 0.3f + ScoreTolerance;

    /// <summary>Nearer to the reference's floor of 0.3, an object may be there or not with either model.</summary>
    private const float Sure = 0.35f;

    [Fact]
    public async Task Reference_people_are_found()
    {
        var package = ModelPackage.Load(Repository.PathOf("models", "nanodet-g-416-int8"));
        var compared = await ReferenceBoxes.CompareAsync(package, Repository.Asset("people"), Repository.Asset("people/people.json"), Sure, MinIou, ScoreTolerance, Floor);
        Assert.Equal(19, compared.Objects);
    }

    [Fact]
    public void It_is_half_as_large_and_reads_the_same_input()
    {
        var (small, large) = (ModelPackage.Load(Repository.PathOf("models", "nanodet-g-416-int8")), ModelPackage.Load(Repository.BundledModel));
        Assert.Equal(large.Labels, small.Labels);
        Assert.InRange(new FileInfo(small.WeightsPath).Length, 1, new FileInfo(large.WeightsPath).Length * 55 / 100);
        using var model = OnnxModel.Open(small, new OnnxOptions(1), NullLogger.Instance);
        Assert.Equal([1, 3, 416, 416], model.Input.Dimensions);
        Assert.Equal([1, 3549, 124], Assert.Single(model.Outputs).Dimensions);
    }
}
