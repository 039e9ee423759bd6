using System.Numerics.Tensors;
using EdgeVision.Quantize.Onnx;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Quantize;

/// <summary>Runs the float model on pictures and watches its activations. Not thread-safe.</summary>
internal sealed class Calibration : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string _input;
    private readonly long[] _inputShape;
    private readonly string[] _watched;
    private readonly Dictionary<string, double[]> _channelSums = [];
    private long _pictures;

    /// <param name="model">Left as it is; the session has a copy that also gives out what is watched.</param>
    /// <param name="activations">Tensors to watch.</param>
    /// <param name="inputShape">Of one picture, [1, 3, height, width].</param>
    /// <param name="threads">Of the session.</param>
    public Calibration(ModelProto model, IReadOnlyList<string> activations, long[] inputShape, int threads)
    {
        var open = model.Clone();
        _input = open.Graph.Input[0].Name;
        _inputShape = inputShape;
        _watched = [.. activations.Where(a => a != _input)];
        var outputs = open.Graph.Output.Select(static o => o.Name).ToHashSet();
        open.Graph.Output.AddRange(_watched.Where(a => !outputs.Contains(a)).Select(static a => new ValueInfoProto { Name = a }));
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_BASIC,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        _session = new InferenceSession(open.ToByteArray(), options);
        foreach (var activation in activations) Histograms[activation] = new ActivationHistogram();
    }

    public Dictionary<string, ActivationHistogram> Histograms { get; } = [];

    /// <param name="picture">Preprocessed, of the input's shape.</param>
    public void Add(float[] picture)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(picture, _inputShape);
        using var outputs = _session.Run(_runOptions, [_input], [input], _watched);
        for (var i = 0; i < _watched.Length; i++) Watch(_watched[i], outputs[i].GetTensorDataAsSpan<float>(), (int)outputs[i].GetTensorTypeAndShape().Shape[1]);
        if (Histograms.ContainsKey(_input)) Watch(_input, picture, (int)_inputShape[1]);
        _pictures++;
    }

    /// <summary>Mean of each channel over all pictures and places.</summary>
    public double[] ChannelMeans(string activation) => [.. _channelSums[activation].Select(sum => sum / _pictures)];

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    private void Watch(string name, ReadOnlySpan<float> values, int channels)
    {
        Histograms[name].Add(values);
        if (!_channelSums.TryGetValue(name, out var sums)) _channelSums[name] = sums = new double[channels];
        var plane = values.Length / channels;
        for (var c = 0; c < channels; c++) sums[c] += TensorPrimitives.Sum(values.Slice(c * plane, plane)) / plane;
    }
}
