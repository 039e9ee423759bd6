using System.Text.Json.Nodes;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Onnx;

public sealed class OnnxModelTests
{
    [Fact]
    public void The_bundled_model_is_open_warm_and_logged()
    {
        var log = new CollectingLogger();
        using var model = OnnxModel.Open(ModelPackage.Load(Repository.BundledModel), new OnnxOptions(1), log);
        Assert.Equal("float32 [1,3,416,416]", model.Input.ToString());
        Assert.Equal("float32 [1,3549,124]", Assert.Single(model.Outputs).ToString());
        Assert.Equal(1, model.Threads);
        var (id, message) = Assert.Single(log.Entries);
        Assert.Equal(EventIds.ModelLoaded, id);
        Assert.Contains("nanodet-g-416", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Zero_threads_means_the_effective_cpus()
    {
        using var model = OnnxModel.Open(ModelPackage.Load(Repository.BundledModel), new OnnxOptions(0), NullLogger.Instance);
        Assert.Equal(EffectiveCpus.Count, model.Threads);
    }

    [Fact]
    public async Task A_detector_that_is_still_out_works_on_after_the_model_was_disposed()
    {
        // A camera that did not stop in time may be inside the native session: it must not be freed under it.
        var model = OnnxModel.Open(ModelPackage.Load(Repository.BundledModel), new OnnxOptions(1), NullLogger.Instance);
        var (pool, format) = (new FramePool(), FrameFormat.Packed(PixelFormat.Bgr24, 64, 48));
        using (var detector = model.CreateDetector(TimeProvider.System))
        using (var frame = new Frame(pool.Rent(format.SizeInBytes), format, format.SizeInBytes, 1, default, 0))
        {
            model.Dispose();

            Assert.Equal(DetectionStatus.Ok, await detector.DetectAsync(frame, new DetectionList(), TestContext.Current.CancellationToken));
            Assert.Throws<ObjectDisposedException>(() => model.CreateDetector(TimeProvider.System));
        }

        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void Labels_that_do_not_fit_the_outputs_are_refused_with_the_arithmetic() => Refused(
        manifest => manifest["labels"] = new JsonArray([.. Enumerable.Range(0, 20).Select(i => (JsonNode)$"label {i}")]),
        "Model 'nanodet-g-416' has output float32 [1,3549,124] but model.json declares 20 labels and regMax 10 (20 + 4·11 = 64 columns, found 124, which would be 80 labels)");

    [Fact]
    public void Another_input_size_is_refused() => Refused(
        manifest => manifest["input"]!["width"] = 320,
        "Model 'nanodet-g-416' has input float32 [?,3,416,416] but model.json declares float32 [1,3,416,320]");

    [Fact]
    public void Another_layout_is_refused() => Refused(manifest => manifest["input"]!["layout"] = "nhwc", "but model.json declares float32 [1,416,416,3]");

    [Fact]
    public void Other_strides_are_refused() => Refused(
        manifest => manifest["decoder"]!["strides"] = new JsonArray(8, 16, 32, 64), "strides 8,16,32,64, which make 2704 + 676 + 169 + 49 = 3598 rows, not 3549");

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 1, 2, 3, 4, 5 })]
    public void Weights_that_are_no_onnx_model_are_refused(byte[] weights)
    {
        using var toy = new ToyModel(static _ => { }, weights);
        Assert.Contains("are refused by ONNX Runtime", Assert.Throws<ModelException>(() => Open(toy)).Message, StringComparison.Ordinal);
    }

    private static void Refused(Action<JsonObject> change, string expected)
    {
        using var toy = new ToyModel(change);
        Assert.Contains(expected, Assert.Throws<ModelException>(() => Open(toy)).Message, StringComparison.Ordinal);
    }

    private static void Open(ToyModel toy) => OnnxModel.Open(toy.Load(), new OnnxOptions(1), NullLogger.Instance).Dispose();
}
