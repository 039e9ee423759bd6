using EdgeVision.Quantize.Onnx;

namespace EdgeVision.Quantize;

/// <summary>
/// Rewrites a graph in QDQ form: QuantizeLinear and DequantizeLinear around every tensor that is stored in 8 bits; ONNX Runtime fuses
/// DequantizeLinear → node → QuantizeLinear into the node's integer kernel.
/// </summary>
internal sealed class QdqGraph
{
    private readonly GraphProto _graph;
    private readonly FloatConstants _constants;
    private readonly QuantizationPlan _plan;
    private readonly IReadOnlyDictionary<string, ActivationRange> _ranges;
    private readonly List<NodeProto> _nodes = [];
    private readonly HashSet<string> _written = [];

    private QdqGraph(GraphProto graph, FloatConstants constants, QuantizationPlan plan, IReadOnlyDictionary<string, ActivationRange> ranges) =>
        (_graph, _constants, _plan, _ranges) = (graph, constants, plan, ranges);

    /// <summary>Changes <paramref name="graph"/>.</summary>
    /// <param name="graph">The float graph.</param>
    /// <param name="constants">Read from it before.</param>
    /// <param name="plan">Made from it before.</param>
    /// <param name="ranges">Of every activation of the plan.</param>
    /// <param name="weights">Of every convolution of the plan, by its first output.</param>
    /// <param name="biases">Likewise; what the layer adds, corrected.</param>
    public static void Rewrite(
        GraphProto graph, FloatConstants constants, QuantizationPlan plan, IReadOnlyDictionary<string, ActivationRange> ranges,
        IReadOnlyDictionary<string, QuantizedWeights> weights, IReadOnlyDictionary<string, float[]> biases)
    {
        var rewriting = new QdqGraph(graph, constants, plan, ranges);
        foreach (var input in graph.Input) rewriting.QuantizeIfPlanned(input.Name);
        foreach (var node in graph.Node.ToArray())
        {
            rewriting.Rewire(node);
            if (node.OpType == "Conv" && plan.IsInteger(node)) rewriting.ReplaceConstants(node, weights[node.Output[0]], biases[node.Output[0]]);
            rewriting._nodes.Add(node);
            foreach (var output in node.Output) rewriting.QuantizeIfPlanned(output);
        }

        graph.Node.Clear();
        graph.Node.AddRange(rewriting._nodes);
        rewriting.DropUnread();
    }

    /// <summary>Integer nodes read 8 bits; a float node reads them too where nothing else exists any more.</summary>
    private void Rewire(NodeProto node)
    {
        for (var i = 0; i < node.Input.Count; i++)
        {
            if (_written.Contains(node.Input[i]) && (_plan.IsInteger(node) || _plan.HasIntegerProducer(node.Input[i]))) node.Input[i] += "_dequantized";
        }
    }

    private void QuantizeIfPlanned(string tensor)
    {
        if (!_ranges.TryGetValue(tensor, out var range) || !_written.Add(tensor)) return;
        string[] parameters = [$"{tensor}_scale", $"{tensor}_zero"];
        _graph.Initializer.Add([Tensors.Floats(parameters[0], [range.Scale]), Tensors.UInt8(parameters[1], range.ZeroPoint)]);
        _nodes.Add(Node("QuantizeLinear", [tensor, .. parameters], $"{tensor}_quantized"));
        _nodes.Add(Node("DequantizeLinear", [$"{tensor}_quantized", .. parameters], $"{tensor}_dequantized"));
    }

    private void ReplaceConstants(NodeProto convolution, QuantizedWeights weights, float[] bias)
    {
        var name = convolution.Output[0];
        var channels = weights.Scales.Length;
        var inputScale = _ranges[convolution.Input[0][..^"_dequantized".Length]].Scale;
        var biasScales = Array.ConvertAll(weights.Scales, s => s * inputScale);
        var biasCodes = new int[channels];
        for (var c = 0; c < channels; c++) biasCodes[c] = (int)Math.Clamp(Math.Round((double)bias[c] / biasScales[c]), int.MinValue, int.MaxValue);
        var (w, b) = ($"{name}_weight", $"{name}_bias");
        _graph.Initializer.Add(
        [
            Tensors.Int8(w, weights.Codes, weights.Shape),
            Tensors.Floats($"{w}_scale", weights.Scales, channels),
            Tensors.Int8($"{w}_zero", new sbyte[channels], channels),
            Tensors.Int32(b, biasCodes, channels),
            Tensors.Floats($"{b}_scale", biasScales, channels),
            Tensors.Int32($"{b}_zero", new int[channels], channels),
        ]);
        _nodes.Add(Node("DequantizeLinear", [w, $"{w}_scale", $"{w}_zero"], $"{w}_dequantized", axis: 0));
        _nodes.Add(Node("DequantizeLinear", [b, $"{b}_scale", $"{b}_zero"], $"{b}_dequantized", axis: 0));
        convolution.Input[1] = $"{w}_dequantized";
        if (convolution.Input.Count == 2) convolution.Input.Add($"{b}_dequantized");
        else convolution.Input[2] = $"{b}_dequantized";
    }

    /// <summary>Float constants that were replaced, and the Casts that widened them.</summary>
    private void DropUnread()
    {
        var read = _graph.Node.SelectMany(static n => n.Input).Concat(_graph.Output.Select(static o => o.Name)).ToHashSet();
        foreach (var cast in _graph.Node.Where(n => n.OpType == "Cast" && !read.Contains(n.Output[0]) && _constants.Contains(n.Output[0])).ToArray())
        {
            _graph.Node.Remove(cast);
            read.Remove(cast.Input[0]);
        }

        foreach (var unread in _graph.Initializer.Where(t => !read.Contains(t.Name)).ToArray()) _graph.Initializer.Remove(unread);
    }

    private static NodeProto Node(string type, string[] inputs, string output, long? axis = null)
    {
        var node = new NodeProto { OpType = type, Name = $"{type}_{output}", Input = { inputs }, Output = { output } };
        if (axis is { } a) node.Attribute.Add(new AttributeProto { Name = "axis", I = a, Type = AttributeProto.Types.AttributeType.Int });
        return node;
    }
}
