using System.Globalization;
using EdgeVision.Cloud.Protocol;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Cloud.Models;

/// <summary>A version of a model, open: by its tensors under its name, and by pictures as <c>NAME-detect</c>.</summary>
internal sealed class ServedModel : IDisposable
{
    /// <summary>Behind the name of a model that is asked by pictures.</summary>
    public const string Detect = "-detect";

    private readonly OnnxModel _model;
    private readonly ImageLine _images;
    private readonly TensorBatcher _tensors;
    private readonly CloudOptions _options;

    /// <exception cref="ModelException">It cannot be used.</exception>
    public ServedModel(ModelPackage package, CloudOptions options, TimeProvider time, ILogger log)
    {
        (Package, _options) = (package, options);
        _model = OnnxModel.Open(package, options.Inference, log);
        _images = new ImageLine(_model, options, time, OfImages);
        _tensors = new TensorBatcher(package.WeightsPath, _model.Threads, options, time, OfTensors);
    }

    public ModelPackage Package { get; }

    public string Name => Package.Manifest.Name;

    public string Version => Package.Manifest.Version;

    public ModelMetrics OfImages { get; } = new();

    public ModelMetrics OfTensors { get; } = new();

    public bool IsBatched => _tensors.IsBatched;

    public IReadOnlyList<TensorPort> InputsOf(bool images) => images ? ImageLine.Inputs : _tensors.Inputs;

    public IReadOnlyList<TensorPort> OutputsOf(bool images) => images ? ImageLine.Outputs : _tensors.Outputs;

    /// <summary>Waits for its turn and its end, or until <paramref name="stopping"/>, when nobody waits any more.</summary>
    public async Task<WorkResult> RunAsync(InferRequest request, bool images, CancellationToken stopping)
    {
        if (Sort(request, images, out var inputs) is { } mistake) return WorkResult.Not(WorkOutcome.Mistaken, mistake);
        var work = new TensorWork(inputs, stopping);
        if (!(images ? _images.TryAdd(work) : _tensors.TryAdd(work))) return WorkResult.Not(WorkOutcome.Full, $"{_options.Queue} requests wait for model '{Name}' already; come again in a second.");
        try
        {
            var result = await work.Done.WaitAsync(stopping);
            return result.Outcome is WorkOutcome.Done && request.Outputs.Count > 0 ? result with { Outputs = [.. request.Outputs.Select(o => result.Outputs.First(t => t.Name == o.Name))] } : result;
        }
        catch (OperationCanceledException)
        {
            return WorkResult.Not(WorkOutcome.Late, $"It took longer than {_options.Timeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)} ms; come again, or with less.");
        }
    }

    public void Dispose()
    {
        _images.Dispose();
        _tensors.Dispose();
        _model.Dispose();
    }

    /// <summary>Inputs in the model's order; otherwise a sentence.</summary>
    private string? Sort(InferRequest request, bool images, out IReadOnlyList<Tensor> inputs)
    {
        var (ports, sorted) = (InputsOf(images), new List<Tensor>());
        inputs = sorted;
        var expected = string.Join(" and ", ports.Select(Show));
        if (request.Inputs.Count != ports.Count) return $"{request.Inputs.Count} inputs were given; {expected} was expected.";
        foreach (var port in ports)
        {
            if (request.Inputs.FirstOrDefault(i => i.Name == port.Name) is not { } input) return $"There is no input '{port.Name}'; {expected} was expected.";
            if (input.Type != port.Type || !Fits(input, port)) return $"Input '{input.Name}' is {input.Type} [{string.Join(',', input.Shape)}]; {expected} was expected.";
            sorted.Add(input);
        }

        if (!images && sorted.Exists(i => i.Shape.Count > 0 && i.Shape[0] != sorted[0].Shape.ElementAtOrDefault(0))) return "The inputs differ in their first dimension, the batch; one batch was expected.";
        if (!images && sorted[0].Shape is [var rows, ..] && (rows < 1 || rows > _options.MaxBatch)) return $"The batch is {rows}; 1 to {_options.MaxBatch} was expected (MaxBatch).";
        return request.Outputs.FirstOrDefault(o => OutputsOf(images).All(p => p.Name != o.Name)) is { } unknown
            ? $"There is no output '{unknown.Name}'; there are {string.Join(", ", OutputsOf(images).Select(static p => p.Name))}."
            : null;
    }

    /// <summary>One picture may be a row of one.</summary>
    private static bool Fits(Tensor input, TensorPort port) => input.Type == TensorType.Bytes
        ? Tensor.Count(input.Shape) == 1
        : input.Shape.Count == port.Shape.Count && input.Shape.Zip(port.Shape).All(static d => d.Second < 0 ? d.First > 0 : d.First == d.Second);

    private static string Show(TensorPort port) => $"'{port.Name}' {port.Type} [{string.Join(',', port.Shape)}]";
}
