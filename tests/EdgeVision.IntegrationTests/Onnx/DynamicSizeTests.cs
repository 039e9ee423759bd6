using System.Text.Json.Nodes;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>Graphs that leave sizes open: of the picture, and of what they answer.</summary>
public sealed class DynamicSizeTests
{
    /// <summary>What a frame may cost the garbage collector when its outputs cannot be bound; 584 were measured.</summary>
    private const int MostBytesUnbound = 1000;

    [Fact]
    public async Task A_frame_goes_in_as_it_is_when_the_graph_takes_any_size()
    {
        using var toy = AnySize();
        using var model = Open(toy);
        using var detector = model.CreateDetector(TimeProvider.System);

        // Every cell of 8 × 8 pixels answers with itself.
        foreach (var (width, height) in new[] { (16, 8), (24, 16), (24, 16), (8, 8), (16, 8) })
        {
            var (status, found) = await Seen.ByAsync(detector, width, height, shade: 255);
            Assert.Equal(DetectionStatus.Ok, status);
            var expected = from y in Enumerable.Range(0, height / 8) from x in Enumerable.Range(0, width / 8) select new Box(x * 8, y * 8, (x * 8) + 8, (y * 8) + 8);
            Assert.Equal(expected, found.Select(static d => d.Box).OrderBy(static b => b.Top).ThenBy(static b => b.Left));
        }

        Assert.Equal(1, detector.LeastScale(4000, 3000));
    }

    [Fact]
    public async Task A_size_that_the_graph_cannot_take_fails_the_frame_is_logged_once_and_does_not_stay()
    {
        using var toy = AnySize();
        var log = new CollectingLogger();
        using var model = OnnxModel.Open(toy.Load(), new OnnxOptions(1), log);
        using var detector = model.CreateDetector(TimeProvider.System);
        for (var i = 0; i < 3; i++) Assert.Equal(DetectionStatus.Failed, (await Seen.ByAsync(detector, 12, 8)).Status);
        Assert.Equal(DetectionStatus.Failed, (await Seen.ByAsync(detector, 8, ModelInput.MaxSide + 8)).Status);
        Assert.Equal(DetectionStatus.Ok, (await Seen.ByAsync(detector, 16, 16)).Status);
        Assert.Equal([EventIds.ModelLoaded, EventIds.InferenceFailed, EventIds.InferenceRecovered], log.Entries.Select(static e => e.Id));
        Assert.Contains("strides 8, which make", log.Entries[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_camera_that_keeps_its_size_allocates_nothing_per_frame()
    {
        using var toy = AnySize();
        using var model = Open(toy);
        using var detector = model.CreateDetector(TimeProvider.System);
        Assert.Equal(0, Allocations.Of(detector, 24, 16, frames: 100));
    }

    [Fact]
    public void Frames_as_they_are_need_a_graph_that_takes_any_size()
    {
        using var toy = ToyModel.Of(Convolution(8, 8), static manifest => manifest["input"]!["resize"] = "none");
        Assert.Contains("has input float32 [?,3,8,8] but model.json declares resize 'none', which needs a graph that leaves height and width open",
            Assert.Throws<ModelException>(() => Open(toy)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_depend_on_the_picture_are_found_before_the_first_frame()
    {
        // As many columns as there are values above 0.5: none in a blank picture, some in noise.
        var graph = new ToyGraph().Input("images", ToyGraph.Float32, 1, 3, 8, 8).Constant("half", [1], 0.5f).Node("Greater", "images half", "bright")
            .Node("NonZero", "bright", "output").Output("output", ToyGraph.Int64, 4, -1);
        var shape = Assert.Single(Probe(graph));
        Assert.Equal((TensorElementType.Int64, 1), (shape.Element, shape.Rows));
        Assert.Equal([4, 300], shape.Dimensions);
        Assert.Equal("float32 [4,300]", shape.Spec.ToString());
    }

    [Fact]
    public void Two_dimensions_that_depend_on_the_picture_are_refused()
    {
        var graph = new ToyGraph().Input("images", ToyGraph.Float32, 1, 3, 8, 8).Constant("half", [1], 0.5f).Node("Greater", "images half", "bright")
            .Node("NonZero", "bright", "places").Cast("places", "floats", ToyGraph.Float32).Node("Transpose", "floats", "rows", ("perm", [1, 0]))
            .Node("MatMul", "rows floats", "output").Output("output", ToyGraph.Float32, -1, -1);
        Assert.Contains("one dimension at most may depend on the picture", Assert.Throws<ModelException>(() => Probe(graph)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_grows_with_a_frame_fails_that_frame_with_its_shape()
    {
        // One row for anything dark, and the family wants exactly one: what a bright frame then brings, nobody could know at the start.
        var graph = new ToyGraph().Input("images", ToyGraph.Float32, 1, 3, 8, 8).Node("ReduceMax", "images", "most", ("keepdims", [0])).Cast("most", "level", ToyGraph.Int64)
            .Constant("hundred", [], 100L).Node("Div", "level hundred", "more").Constant("one", [1], 1L).Node("Add", "more one", "rows")
            .Node("Concat", "one rows one", "repeats", ("axis", [0])).Constant("answer", [1, 1, 9], [0.9f, -50, 50, -50, 50, 50, -50, 50, -50])
            .Node("Tile", "answer repeats", "output").Output("output", ToyGraph.Float32, 1, -1, 9);
        using var toy = ToyModel.Of(graph, static manifest =>
        {
            manifest["input"]!["mean"] = new JsonArray(0, 0, 0);
            manifest["input"]!["std"] = new JsonArray(1, 1, 1);
        });
        var log = new CollectingLogger();
        using var model = OnnxModel.Open(toy.Load(), new OnnxOptions(1), log);
        using var detector = model.CreateDetector(TimeProvider.System);
        Assert.Equal(DetectionStatus.Ok, (await Seen.ByAsync(detector, 8, 8)).Status);
        Assert.Equal(DetectionStatus.Failed, (await Seen.ByAsync(detector, 8, 8, shade: 255)).Status);
        Assert.Equal(DetectionStatus.Ok, (await Seen.ByAsync(detector, 8, 8)).Status);
        Assert.Equal([EventIds.ModelLoaded, EventIds.InferenceFailed, EventIds.InferenceRecovered], log.Entries.Select(static e => e.Id));
    }

    [Fact]
    public async Task Rows_that_come_with_the_picture_are_all_read()
    {
        // A row for every value above a half: none of a blank picture, 192 of a white one of 8 × 8.
        var rows = new ToyGraph().Input("images", ToyGraph.Float32, 1, 3, 8, 8).Constant("half", [1], 0.5f).Node("Greater", "images half", "bright").Cast("bright", "ones", ToyGraph.Float32)
            .Node("ReduceMean", "ones", "share", ("keepdims", [0])).Constant("all", [1], 192f).Node("Mul", "share all", "sum").Cast("sum", "rows", ToyGraph.Int64);
        await CountsAsync(rows, (0, 0), (255, 192), (0, 0), (255, 192));
    }

    [Fact]
    public async Task Rows_that_only_a_frame_shows_to_change_are_all_read()
    {
        // Blank and noise have one row each, so the output was bound as fixed; brightness then adds rows, beyond any room made before.
        var rows = new ToyGraph().Input("images", ToyGraph.Float32, 1, 3, 8, 8).Node("ReduceMax", "images", "most", ("keepdims", [0])).Cast("most", "level", ToyGraph.Int64)
            .Constant("one", [1], 1L).Node("Add", "level one", "rows");
        await CountsAsync(rows, (0, 1), (1, 2), (0, 1), (100, 101), (255, 256), (0, 1));
    }

    private static async Task CountsAsync(ToyGraph rows, params (byte Shade, int Rows)[] frames)
    {
        var graph = rows.Constant("single", [1], 1L).Node("Concat", "single rows single", "repeats", ("axis", [0]))
            .Constant("answer", [1, 1, 6], [1, 2, 3, 4, 0.9f, 0]).Node("Tile", "answer repeats", "output").Output("output", ToyGraph.Float32, 1, -1, 6);
        using var toy = ToyModel.Of(graph, static manifest =>
        {
            manifest["family"] = "endToEnd";
            manifest.Remove("decoder");
            manifest.Remove("nmsIou");
            (manifest["input"]!["mean"], manifest["input"]!["std"], manifest["maxDetections"]) = (new JsonArray(0, 0, 0), new JsonArray(1, 1, 1), 1000);
        });
        using var model = Open(toy);
        using var detector = model.CreateDetector(TimeProvider.System);
        foreach (var (shade, expected) in frames)
        {
            var (status, found) = await Seen.ByAsync(detector, 8, 8, shade);
            Assert.Equal((DetectionStatus.Ok, expected), (status, found.Length));
            Assert.All(found, static d => Assert.Equal(new Detection(0, 0.9f, new Box(1, 2, 3, 4)), d));
        }

        Assert.InRange(Allocations.Of(detector, 8, 8, frames: 100), 0, 100 * MostBytesUnbound);
    }

    /// <summary>A bright cell of 8 × 8 pixels says: a thing, half a stride to each side.</summary>
    private static ToyModel AnySize() => ToyModel.Of(Convolution(-1, -1), static manifest => manifest["input"]!["resize"] = "none");

    private static ToyGraph Convolution(int height, int width)
    {
        float[] bias = [0.9f, 0, 0, 0, 0, 0, 0, 0, 0];
        return new ToyGraph().Input("images", ToyGraph.Float32, -1, 3, height, width)
            .Constant("kernel", [9, 3, 8, 8], new float[9 * 3 * 8 * 8]).Constant("bias", [9], bias)
            .Node("Conv", "images kernel bias", "cells", ("kernel_shape", [8, 8]), ("strides", [8, 8]))
            .Constant("flat", [3], 1L, 9L, -1L).Node("Reshape", "cells flat", "columns").Node("Transpose", "columns", "output", ("perm", [0, 2, 1]))
            .Output("output", ToyGraph.Float32, 1, -1, 9);
    }

    private static OutputShape[] Probe(ToyGraph graph)
    {
        using var toy = ToyModel.Of(graph);
        var package = toy.Load();
        using var pool = new SessionOpener(package, new OnnxOptions(1), 1, null, NullLogger.Instance).Open();
        return ModelGraph.Read(package.Manifest, pool[0]).Probe(pool[0], pool.RunOptions, package.Manifest.Input);
    }

    private static OnnxModel Open(ToyModel toy) => OnnxModel.Open(toy.Load(), new OnnxOptions(1), NullLogger.Instance);
}
