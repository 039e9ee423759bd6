using EdgeVision.Inference;
using EdgeVision.Models;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Onnx;

/// <summary>
/// A detector's tensors for one input size, with what writes the input and reads the outputs. Bound once to every session; a run then allocates
/// nothing. With an output whose size depends on the picture nothing can be bound: such a run allocates some 600 bytes.
/// </summary>
internal sealed class BoundTensors : IDisposable
{
    private readonly ModelGraph _graph;
    private readonly SessionPool _sessions;
    private readonly ModelPackage _package;
    private readonly float? _confidenceThreshold;
    private readonly OrtValue _input;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly OrtValue[] _inputs;
    private OrtIoBinding[] _bindings = [];
    private OutputTensor[] _outputs = [];
    private ReadOnlyMemory<float>[] _floats = [];

    /// <param name="graph">Checked.</param>
    /// <param name="sessions">Stay the caller's.</param>
    /// <param name="package">With the input size that the tensors are for.</param>
    /// <param name="outputs">For that size.</param>
    /// <param name="confidenceThreshold">See <see cref="DetectorOptions.ConfidenceThreshold"/>.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises for this size.</exception>
    public BoundTensors(ModelGraph graph, SessionPool sessions, ModelPackage package, IReadOnlyList<OutputShape> outputs, float? confidenceThreshold)
    {
        (_graph, _sessions, _package, _confidenceThreshold) = (graph, sessions, package, confidenceThreshold);
        Decoder = OutputDecoder.Create(package, [.. outputs.Select(static o => o.Spec)], confidenceThreshold);
        Preprocessor = new Preprocessor(package.Manifest.Input);
        var spec = graph.InputOf(package.Manifest.Input);
        _input = Wrap(Preprocessor.Tensor, spec);
        (_inputNames, _inputs) = ([spec.Name], [_input]);
        _outputNames = [.. outputs.Select(static o => o.Name)];
        Allocate(outputs);
    }

    public Preprocessor Preprocessor { get; }

    public OutputDecoder Decoder { get; private set; }

    /// <summary>In the order of the model's outputs; complete after <see cref="Read"/>.</summary>
    public ReadOnlySpan<ReadOnlyMemory<float>> Outputs => _floats;

    public int Width => _package.Manifest.Input.Width;

    public int Height => _package.Manifest.Input.Height;

    private bool IsBound => _bindings.Length > 0;

    /// <summary>A tensor as ONNX Runtime sees it; <paramref name="tensor"/> must outlive it.</summary>
    public static OrtValue Wrap(InputTensor tensor, TensorSpec spec) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElements.Of(tensor.Element), [.. spec.Dimensions.Select(static d => (long)d)], tensor.Address, tensor.SizeInBytes);

    /// <summary>Runs the model on what the input holds.</summary>
    /// <exception cref="OnnxRuntimeException">It fails.</exception>
    /// <exception cref="ModelException">An output has a shape that it never had before.</exception>
    public void Run(int session)
    {
        if (!IsBound)
        {
            RunAndCopy(session);
            return;
        }

        try
        {
            _sessions[session].RunWithBinding(_sessions.RunOptions, _bindings[session]);
        }
        catch (OnnxRuntimeException) when (_graph.LeavesOpen)
        {
            // Most likely an output has another size than it had for zeros and noise, and does not fit what is bound. If not, this throws again.
            RunAndCopy(session);
        }
    }

    /// <summary>The same by name, with the same tensors: what a plain caller of ONNX Runtime does.</summary>
    /// <exception cref="OnnxRuntimeException">It fails.</exception>
    public void RunByName(int session)
    {
        if (IsBound) _sessions[session].Run(_sessions.RunOptions, _inputNames, _inputs, _outputNames, [.. _outputs.Select(static o => o.Value!)]);
        else RunAndCopy(session);
    }

    /// <summary>Makes floats of what the last run gave.</summary>
    public void Read()
    {
        foreach (var output in _outputs) output.Convert();
    }

    public void Dispose()
    {
        Free();
        _input.Dispose();
    }

    private void RunAndCopy(int session)
    {
        using var results = _sessions[session].Run(_sessions.RunOptions, _inputNames, _inputs, _outputNames);
        var shapes = new long[_outputs.Length][];
        for (var i = 0; i < shapes.Length; i++) shapes[i] = results[i].GetTensorTypeAndShape().Shape;
        MakeRoom(shapes);
        for (var i = 0; i < shapes.Length; i++)
        {
            if (!_outputs[i].TryCopy(results[i], shapes[i]))
                throw new ModelException($"Output '{_outputNames[i]}' has the shape [{string.Join(',', shapes[i])}] now where [{string.Join(',', _outputs[i].Shape.Dimensions)}] was expected.");
        }
    }

    /// <summary>For more rows than ever before, in all outputs that have them: rows of one belong to rows of another.</summary>
    private void MakeRoom(long[][] shapes)
    {
        var moving = new OutputShape[shapes.Length];
        var (rows, grows) = (0L, false);
        for (var i = 0; i < shapes.Length; i++)
        {
            moving[i] = _outputs[i].Shape.Following(shapes[i]);
            if (moving[i].Rows < 0) continue;
            rows = Math.Max(rows, shapes[i][moving[i].Rows]);
            grows |= moving[i].Rows != _outputs[i].Shape.Rows || moving[i].Dimensions[moving[i].Rows] < rows;
        }

        if (grows) Reshape([.. moving.Select(shape => shape.Rows < 0 ? shape : shape.WithRows(checked((int)rows * 2)))]);
    }

    private void Reshape(IReadOnlyList<OutputShape> shapes)
    {
        Decoder = OutputDecoder.Create(_package, [.. shapes.Select(static s => s.Spec)], _confidenceThreshold);
        Free();
        Allocate(shapes);
    }

    private void Allocate(IReadOnlyList<OutputShape> shapes)
    {
        var bind = shapes.All(static s => s.Rows < 0);
        _outputs = [.. shapes.Select(s => new OutputTensor(s, bind))];
        _floats = [.. _outputs.Select(static o => o.Floats)];
        _bindings = bind ? [.. Enumerable.Range(0, _sessions.Count).Select(Bind)] : [];
    }

    private OrtIoBinding Bind(int session)
    {
        var binding = _sessions[session].CreateIoBinding();
        binding.BindInput(_inputNames[0], _input);
        foreach (var output in _outputs) binding.BindOutput(output.Shape.Name, output.Value!);
        return binding;
    }

    private void Free()
    {
        foreach (var binding in _bindings) binding.Dispose();
        foreach (var output in _outputs) output.Dispose();
    }
}
