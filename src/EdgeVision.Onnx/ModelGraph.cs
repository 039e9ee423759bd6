using EdgeVision.Inference;
using EdgeVision.Models;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Onnx;

/// <summary>What the graph says about its input and outputs, checked against the manifest, and what it really answers when asked.</summary>
internal sealed class ModelGraph
{
    /// <summary>Room for the rows of an output that has as many as there are objects. More are taken in too, after one frame that allocates.</summary>
    private const int LeastRows = 300;

    private readonly ModelManifest _manifest;
    private readonly TensorSpec[] _outputs;

    private ModelGraph(ModelManifest manifest, string inputName, TensorSpec[] outputs) => (_manifest, InputName, _outputs) = (manifest, inputName, outputs);

    public string InputName { get; }

    public IReadOnlyList<string> OutputNames => [.. _outputs.Select(static o => o.Name)];

    /// <exception cref="ModelException">The input is not what the manifest says, or not what a picture can be put into.</exception>
    public static ModelGraph Read(ModelManifest manifest, InferenceSession session)
    {
        var inputs = session.InputMetadata.Select(static i => Spec(i.Key, i.Value)).ToArray();
        var found = $"Model '{manifest.Name}' has input {string.Join(" and ", inputs.AsEnumerable())}";
        if (inputs is not [{ Dimensions.Count: 4 } input]) throw new ModelException($"{found}; one of 4 dimensions was expected, for a batch of one picture. Export it without the rest.");
        var expected = InputOf(manifest.Input, input.Name);
        if (input.Dimensions[0] > 1)
            throw new ModelException($"{found}, a batch of {input.Dimensions[0]}; one picture at a time is given. Export it with a batch of 1, or with an open one.");
        if (input.ElementType != expected.ElementType || !Fits(input.Dimensions, expected.Dimensions))
        {
            throw new ModelException(
                $"{found} but {ModelPackage.ManifestName} declares {expected} ({manifest.Input.Width}×{manifest.Input.Height}, {manifest.Input.Layout.ToString().ToLowerInvariant()}, {expected.ElementType}). Fix 'input'.");
        }

        if (manifest.Input.Resize == ResizeMode.None && !IsOpen(manifest.Input.Layout, input.Dimensions))
            throw new ModelException($"{found} but {ModelPackage.ManifestName} declares resize 'none', which needs a graph that leaves height and width open. Set 'input.resize' to 'letterbox', 'topLeft' or 'stretch', as it was trained.");
        return new ModelGraph(manifest, input.Name, [.. session.OutputNames.Select(name => Spec(name, session.OutputMetadata[name]))]);
    }

    /// <summary>What the graph's input is for a declared size: batch of one, all dimensions known.</summary>
    public TensorSpec InputOf(ModelInput input) => InputOf(input, InputName);

    /// <summary>
    /// The outputs for an input size. The graph may not know them, so the model is run: on zeros, and where something is left open on noise too, which
    /// shows what depends on the picture.
    /// </summary>
    /// <exception cref="ModelException">It cannot run, or its outputs are nothing that can be read.</exception>
    public OutputShape[] Probe(InferenceSession session, RunOptions options, ModelInput input)
    {
        var blank = Run(session, options, input, noise: false);
        var noisy = LeavesOpen ? Run(session, options, input, noise: true) : blank;
        return [.. blank.Select((shape, i) => Settle(shape, noisy[i], _outputs[i]))];
    }

    /// <summary>True when a dimension beside the batch is unknown to the graph: it may then change from frame to frame.</summary>
    public bool LeavesOpen => _outputs.Any(static o => o.Dimensions.Count == 0 || o.Dimensions.Skip(1).Any(static d => d < 0) || o.Dimensions is [< 0, _]);

    private OutputShape Settle(OutputShape blank, OutputShape noisy, TensorSpec graph)
    {
        var (a, b) = (blank.Dimensions, noisy.Dimensions);
        var moving = a.Length == b.Length ? Enumerable.Range(0, a.Length).Where(i => a[i] != b[i] || a[i] == 0).ToArray() : [];
        if (a.Length == b.Length && moving.Length == 0) return blank;
        if (moving.Length != 1)
        {
            throw new ModelException(
                $"Model '{_manifest.Name}' has output '{graph.Name}' {graph}, which was [{string.Join(',', a)}] for a blank picture and [{string.Join(',', b)}] for another; one dimension at most may depend on the picture. Export it with fixed outputs.");
        }

        return (blank with { Rows = moving[0] }).WithRows(Math.Max(Math.Max(LeastRows, _manifest.MaxDetections), Math.Max(a[moving[0]], b[moving[0]])));
    }

    private OutputShape[] Run(InferenceSession session, RunOptions options, ModelInput declared, bool noise)
    {
        var spec = InputOf(declared);
        var tensor = new InputTensor(declared.Element, spec.Dimensions.Aggregate(1, static (a, b) => checked(a * b)));
        if (noise) Noise(tensor);
        else tensor.Bytes.Clear();
        using var input = BoundTensors.Wrap(tensor, spec);
        try
        {
            using var outputs = session.Run(options, [InputName], [input], OutputNames);
            GC.KeepAlive(tensor);
            return [.. outputs.Select((value, i) => ShapeOf(value, _outputs[i]))];
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException($"Model '{_manifest.Name}' fails on a picture of {(noise ? "noise" : "zeros")} ({OrtMessage.FirstLine(e)}); it cannot run here. Export it for an input of {spec}.", e);
        }
    }

    private static void Noise(InputTensor tensor)
    {
        var random = new Random(1);
        switch (tensor.Element)
        {
            case TensorElement.Float32: foreach (ref var value in tensor.Floats) value = random.NextSingle(); break;
            case TensorElement.Float16: foreach (ref var value in tensor.Halves) value = (Half)random.NextSingle(); break;
            default: random.NextBytes(tensor.Bytes); break;
        }
    }

    private OutputShape ShapeOf(OrtValue value, TensorSpec graph)
    {
        if (value.IsTensor)
        {
            var info = value.GetTensorTypeAndShape();
            if (TensorElements.SizeOf(info.ElementDataType) > 0) return new OutputShape(graph.Name, info.ElementDataType, [.. info.Shape.Select(static d => checked((int)d))]);
        }

        throw new ModelException($"Model '{_manifest.Name}' has output '{graph.Name}' of {graph.ElementType}, which nothing reads; a tensor of {TensorElements.Readable} was expected. Export it without that output.");
    }

    private static TensorSpec InputOf(ModelInput input, string name) => new(
        name, TensorElements.Name(TensorElements.Of(input.Element)), input.Layout == TensorLayout.Nchw ? [1, 3, input.Height, input.Width] : [1, input.Height, input.Width, 3]);

    private static TensorSpec Spec(string name, NodeMetadata node) => node.IsTensor
        ? new TensorSpec(name, TensorElements.Name(node.ElementDataType), node.Dimensions ?? [])
        : new TensorSpec(name, node.OnnxValueType.ToString(), []);

    private static bool IsOpen(TensorLayout layout, IReadOnlyList<int> graph) => layout == TensorLayout.Nchw ? graph[2] < 0 && graph[3] < 0 : graph[1] < 0 && graph[2] < 0;

    /// <summary>A dimension that the graph leaves open fits any.</summary>
    private static bool Fits(IReadOnlyList<int> graph, IReadOnlyList<int> wanted) =>
        graph.Count == wanted.Count && graph.Zip(wanted).All(static d => d.First < 0 || d.First == d.Second);
}
