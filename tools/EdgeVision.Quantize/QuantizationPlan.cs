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

    /// <summary>Before a convolution, and behind one.</summary>
    private readonly HashSet<NodeProto> _before;
    private readonly HashSet<NodeProto> _behind;

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
        _before = Reaching(graph.Node.Reverse(), Readers);
        _behind = Reaching(graph.Node, Producers);
        _integer.UnionWith(graph.Node.Where(n => MayBeInteger(n, lastToo) && !n.Output.Any(stayFloat.Contains)));
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

    private bool MayBeInteger(NodeProto node, bool lastToo)
    {
        if (node.OpType == "Conv") return (lastToo || _before.Contains(node)) && node.Input.Skip(1).All(_constants.Contains);
        return Between.Contains(node.OpType) && _before.Contains(node) && _behind.Contains(node);
    }

    /// <summary>Nodes whose way to a convolution, forwards or backwards, leads over nothing but what can be integer.</summary>
    private static HashSet<NodeProto> Reaching(IEnumerable<NodeProto> inOrder, Func<NodeProto, IEnumerable<NodeProto>> next)
    {
        var reaching = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        foreach (var node in inOrder)
        {
            if (next(node).Any(n => n.OpType == "Conv" || (Between.Contains(n.OpType) && reaching.Contains(n)))) reaching.Add(node);
        }

        return reaching;
    }

    private IEnumerable<NodeProto> Readers(NodeProto node) => node.Output.SelectMany(o => _readers[o]);

    private IEnumerable<NodeProto> Producers(NodeProto node) => node.Input.Select(i => _producers.GetValueOrDefault(i)).OfType<NodeProto>();

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
