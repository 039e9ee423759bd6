using System.Text.Json.Nodes;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>Whatever type a graph takes and gives, decoders read floats.</summary>
public sealed class ElementTypeTests
{
    /// <summary>Score 1; left and top in bin 1, right and bottom in bin 0: whole numbers, which every type holds.</summary>
    private static readonly float[] Answer = [1, 0, 100, 0, 100, 100, 0, 100, 0];

    [Theory]
    [InlineData("float16", ToyGraph.Float16)]
    [InlineData("float64", ToyGraph.Float64)]
    [InlineData("int64", ToyGraph.Int64)]
    [InlineData("uint64", ToyGraph.UInt64)]
    [InlineData("int32", ToyGraph.Int32)]
    [InlineData("uint32", ToyGraph.UInt32)]
    [InlineData("int16", ToyGraph.Int16)]
    [InlineData("uint16", ToyGraph.UInt16)]
    [InlineData("int8", ToyGraph.Int8)]
    [InlineData("uint8", ToyGraph.UInt8)]
    public async Task An_output_of_any_number_type_is_decoded(string name, int element)
    {
        using var toy = ToyModel.Of(Cast(element));
        using var model = Open(toy);
        using var detector = model.CreateDetector(TimeProvider.System);
        var (status, found) = await Seen.ByAsync(detector, 16, 16);
        Assert.True(status == DetectionStatus.Ok, name);
        Assert.Equal(new Detection(0, 1, new Box(0, 0, 8, 8)), Assert.Single(found));
    }

    [Fact]
    public async Task An_output_of_truth_values_is_ones_and_zeros()
    {
        using var toy = ToyModel.Of(Cast(ToyGraph.Bool));
        using var model = Open(toy);
        using var detector = model.CreateDetector(TimeProvider.System);
        var (_, found) = await Seen.ByAsync(detector, 16, 16);

        // The logits 0 and 1: a distance of e / (1 + e) strides one way, 1 / (1 + e) the other.
        var (far, near) = (8 / (1 + MathF.Exp(-1)), 8 / (1 + MathF.Exp(1)));
        var box = Assert.Single(found).Box;
        Assert.Equal((2 * (4 - far) < 0 ? 0 : 2 * (4 - far), 2 * (4 + near)), (box.Left, box.Right));
    }

    [Fact]
    public void An_output_of_texts_is_refused_by_name()
    {
        using var toy = ToyModel.Of(Cast(ToyGraph.Text));
        Assert.Contains("Model 'nanodet-g-416' has output 'output' of string, which nothing reads; a tensor of float32,", Assert.Throws<ModelException>(() => Open(toy)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("float32", ToyGraph.Float32, 255)]
    [InlineData("float16", ToyGraph.Float16, 255)]
    [InlineData("uint8", ToyGraph.UInt8, 1)]
    public async Task An_input_of_another_type_gets_the_picture(string name, int element, int std)
    {
        // The brightest value of the picture, brought to 0 … 1, is the score.
        var graph = new ToyGraph().Input("images", element, -1, 3, 8, 8).Cast("images", "floats", ToyGraph.Float32).Node("ReduceMax", "floats", "most", ("keepdims", [0]))
            .Constant("weights", [1, 1, 9], [std / 255f, 0, 0, 0, 0, 0, 0, 0, 0]).Node("Mul", "weights most", "score")
            .Constant("distances", [1, 1, 9], [0f, 0, 100, 0, 100, 100, 0, 100, 0]).Node("Add", "score distances", "output").Output("output", ToyGraph.Float32, 1, 1, 9);
        using var toy = ToyModel.Of(graph, manifest =>
            (manifest["input"]!["type"], manifest["input"]!["mean"], manifest["input"]!["std"]) = (name, new JsonArray(0, 0, 0), new JsonArray(std, std, std)));
        using var model = Open(toy);
        using var detector = model.CreateDetector(TimeProvider.System);
        Assert.Equal($"{name} [1,3,8,8]", model.Input.ToString());
        foreach (var (shade, confidence) in new (byte, float)[] { (255, 1), (204, 0.8f), (0, 0) })
        {
            var (status, found) = await Seen.ByAsync(detector, 16, 16, shade);
            Assert.Equal(DetectionStatus.Ok, status);
            if (confidence == 0) Assert.Empty(found);
            else Assert.Equal(confidence, Assert.Single(found).Confidence, 0.001f);
        }
    }

    [Fact]
    public void The_model_alone_runs_bound_and_by_name()
    {
        using var toy = ToyModel.Of(Taking(ToyGraph.UInt8), static manifest => manifest["input"]!["type"] = "uint8");
        using var model = Open(toy);
        using var detector = model.CreateDetector(TimeProvider.System);
        detector.RunOnly();
        detector.RunOnly(bound: false);
        Assert.Equal(0, Allocations.Of(detector, 16, 16, frames: 100));
    }

    [Fact]
    public void An_input_of_another_type_than_declared_is_refused_with_both()
    {
        using var toy = ToyModel.Of(Taking(ToyGraph.UInt8), static manifest => manifest["input"]!["type"] = "float16");
        Assert.Contains("has input uint8 [?,3,8,8] but model.json declares float16 [1,3,8,8] (8×8, nchw, float16). Fix 'input'.", Assert.Throws<ModelException>(() => Open(toy)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_of_four_is_refused()
    {
        using var toy = ToyModel.Of(new ToyGraph().Input("images", ToyGraph.Float32, 4, 3, 8, 8).Node("Identity", "images", "output").Output("output", ToyGraph.Float32, 4, 3, 8, 8));
        Assert.Contains("has input float32 [4,3,8,8], a batch of 4; one picture at a time is given.", Assert.Throws<ModelException>(() => Open(toy)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_input_is_refused()
    {
        using var toy = ToyModel.Of(Taking(ToyGraph.Float32).Input("sizes", ToyGraph.Int64, 1, 2));
        Assert.Contains("has input float32 [?,3,8,8] and int64 [1,2]; one of 4 dimensions was expected", Assert.Throws<ModelException>(() => Open(toy)).Message, StringComparison.Ordinal);
    }

    private static ToyGraph Cast(int element) => new ToyGraph().Input("images", ToyGraph.Float32, 1, 3, 8, 8)
        .Constant("answer", [1, 1, 9], Answer).Cast("answer", "output", element).Output("output", element, 1, 1, 9);

    /// <summary>The sum of the picture goes in with weight 0, so that the graph needs its input.</summary>
    private static ToyGraph Taking(int element) => new ToyGraph().Input("images", element, -1, 3, 8, 8)
        .Cast("images", "floats", ToyGraph.Float32).Node("ReduceMax", "floats", "most", ("keepdims", [0])).Constant("zero", [1], 0f).Node("Mul", "most zero", "nothing")
        .Constant("answer", [1, 1, 9], Answer).Node("Add", "answer nothing", "output").Output("output", ToyGraph.Float32, 1, 1, 9);

    private static OnnxModel Open(ToyModel toy) => OnnxModel.Open(toy.Load(), new OnnxOptions(1), NullLogger.Instance);
}
