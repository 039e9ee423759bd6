using EdgeVision.Quantize.Onnx;

namespace EdgeVision.Quantize;

/// <summary>
/// Which nodes will work on integers. A convolution does, and so does what lies between two of them, so that the island is not left and entered
/// again. A last convolution and all behind it stay float: scores and distances of one tensor span ranges that no 8 bits hold together.
/// </summary>
internal sealed class QuantizationPlan
{
    /// <summary>Integer kernels of ONNX Runtime exist for these.</summary>
    private static readonly HashSet<string> Between = ["LeakyRelu", "MaxPool", "Concat", "Add", "Resize"];

    /// <summary>By reference: messages are equal by content, and theirs changes while the graph is rewritten.</summary>
    private readonly HashSet<NodeProto> _integer = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, NodeProto> _producers = [];
    private readonly ILookup<string, NodeProto> _readers;
    private readonly FloatConstants _constants;

    /// <param name="graph">Nodes in topological order, as ONNX demands.</param>
    /// <param name="constants">Of the graph.</param>
    /// <param name="stayFloat">Names of outputs whose nodes stay float although they could be integer.</param>
    /// <param name="lastToo">The last convolutions too.</param>
    public QuantizationPlan(GraphProto graph, FloatConstants constants, IReadOnlyCollection<string> stayFloat, bool lastToo)
    {
        _constants = constants;
        foreach (var node in graph.Node)
        {
            foreach (var output in node.Output) _producers[output] = node;
        }

        _readers = graph.Node.SelectMany(static n => n.Input.Distinct().Select(i => (Tensor: i, Node: n))).ToLookup(static r => r.Tensor, static r => r.Node);
        Refuse(stayFloat.Where(name => !_producers.ContainsKey(name)).ToArray());
        foreach (var node in graph.Node.Reverse()) Judge(node, lastToo, stayFloat);
        Activations = [.. ActivationsInOrder(graph)];
    }

    /// <summary>Tensors that are stored in 8 bits, in the order of the graph.</summary>
    public IReadOnlyList<string> Activations { get; }

    public IEnumerable<NodeProto> Convolutions => _producers.Values.Where(n => n.OpType == "Conv" && _integer.Contains(n));

    public bool IsInteger(NodeProto node) => _integer.Contains(node);

    /// <summary>False for the graph's inputs.</summary>
    public bool HasIntegerProducer(string tensor) => _producers.TryGetValue(tensor, out var producer) && _integer.Contains(producer);

    /// <summary>The tensor whose range <paramref name="tensor"/> has: pooling and resizing pass codes through, ONNX Runtime wants one scale on both sides.</summary>
    public string RangeSource(string tensor)
    {
        while (_producers.TryGetValue(tensor, out var producer) && producer.OpType is "MaxPool" or "Resize" && _integer.Contains(producer)) tensor = producer.Input[0];
        return tensor;
    }

    /// <summary>1, or the slope of the LeakyRelu that is the only reader.</summary>
    public double NegativeSlope(string tensor) =>
        _readers[tensor].ToArray() is [{ OpType: "LeakyRelu" } only] ? only.Attribute.FirstOrDefault(static a => a.Name == "alpha")?.F ?? 0.01 : 1;

    /// <summary>Inputs of an integer node that are activations, not constants.</summary>
    public IEnumerable<string> ActivationInputs(NodeProto node) => node.Input.Where(i => i.Length > 0 && !_constants.Contains(i));

    private void Judge(NodeProto node, bool lastToo, IReadOnlyCollection<string> stayFloat)
    {
        if (node.Output.Any(stayFloat.Contains)) return;
        var feedsInteger = node.Output.SelectMany(o => _readers[o]).Any(_integer.Contains);
        var convolution = node.OpType == "Conv" && _constants.Contains(node.Input[1]) && (node.Input.Count < 3 || _constants.Contains(node.Input[2]));
        if (convolution && (lastToo || LeadsToConvolution(node))) _integer.Add(node);
        else if (Between.Contains(node.OpType) && (feedsInteger || LeadsToConvolution(node)) && HasConvolutionBefore(node)) _integer.Add(node);
    }

    private bool LeadsToConvolution(NodeProto node) =>
        node.Output.SelectMany(o => _readers[o]).Any(reader => reader.OpType == "Conv" || (Between.Contains(reader.OpType) && LeadsToConvolution(reader)));

    private bool HasConvolutionBefore(NodeProto node) =>
        ActivationInputs(node).Any(i => _producers.TryGetValue(i, out var producer) && (producer.OpType == "Conv" || HasConvolutionBefore(producer)));

    private IEnumerable<string> ActivationsInOrder(GraphProto graph)
    {
        var all = graph.Node.Where(_integer.Contains).SelectMany(n => ActivationInputs(n).Concat(n.Output)).ToHashSet();
        return graph.Input.Select(static i => i.Name).Concat(graph.Node.SelectMany(static n => n.Output)).Where(all.Contains).Distinct();
    }

    private static void Refuse(string[] unknown)
    {
        if (unknown.Length > 0) throw new QuantizeException($"No node of the model has the output '{unknown[0]}'; --float expects names of node outputs. Look them up in a viewer.");
    }
}
