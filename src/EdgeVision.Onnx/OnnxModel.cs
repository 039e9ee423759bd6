using System.Globalization;
using EdgeVision.Inference;
using EdgeVision.Models;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeVision.Onnx;

/// <summary>
/// A model in ONNX Runtime: opened, checked against its manifest and warmed up once, then shared by the detectors of all cameras.
/// Thread-safe. Disposed after its detectors.
/// </summary>
public sealed partial class OnnxModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private int _detectors;
    private bool _disposed;

    private OnnxModel(ModelPackage package, InferenceSession session, int threads, ILogger log)
    {
        (Package, _session, Threads, _log) = (package, session, threads, log);
        Input = CheckInput(package.Manifest, session);
        Outputs = WarmUp();

        // Made only to be checked: what does not fit must be said before the first frame.
        OutputDecoder.Create(package, Outputs);
    }

    public ModelPackage Package { get; }

    /// <summary>Threads that work on one frame.</summary>
    public int Threads { get; }

    /// <summary>All dimensions known, batch of one.</summary>
    public TensorSpec Input { get; }

    /// <summary>All dimensions known: from the warm-up, not from the graph, which may leave some open.</summary>
    public IReadOnlyList<TensorSpec> Outputs { get; }

    /// <summary>Loads the weights and runs them once on zeros, so that the first frame is not the slow one. Takes some 100 ms.</summary>
    /// <exception cref="ModelException">ONNX Runtime refuses the model, or it is not what its manifest says.</exception>
    public static OnnxModel Open(ModelPackage package, OnnxOptions options, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, OnnxOptions.MaxThreads);
        OrtEnvironment.Prepare();
        var threads = options.Threads > 0 ? options.Threads : Math.Min(EffectiveCpus.Count, OnnxOptions.MaxThreads);
        var session = OpenSession(package, threads);
        try
        {
            var model = new OnnxModel(package, session, threads, log);
            Loaded(log, package.Manifest.Name, package.Manifest.Version, package.Manifest.Sha256, threads);
            return model;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>A detector with buffers of its own, for one camera. Caller disposes it before the model.</summary>
    /// <exception cref="ObjectDisposedException">A camera that was left behind at the stop asks too late.</exception>
    public OnnxDetector CreateDetector(TimeProvider time, DetectorOptions? options = null)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var detector = new OnnxDetector(this, time, options ?? new DetectorOptions(), _log);
            _detectors++;
            return detector;
        }
    }

    /// <summary>
    /// With a detector still out the native session stays for the process to end: a frame may be inside, of a camera that did not stop in
    /// time, and freeing it then is a crash.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            if (_detectors > 0) return;
        }

        _runOptions.Dispose();
        _session.Dispose();
    }

    internal OrtIoBinding CreateBinding() => _session.CreateIoBinding();

    internal void TakeBack()
    {
        lock (_gate) _detectors--;
    }

    internal void Run(OrtIoBinding binding) => _session.RunWithBinding(_runOptions, binding);

    private static InferenceSession OpenSession(ModelPackage package, int threads)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Spinning threads wait by burning: with a busy neighbour it halved the frame rate and tripled p95, quiet it gains at most 12 %.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        try
        {
            return new InferenceSession(package.WeightsPath, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException($"Weights '{package.WeightsPath}' are refused by ONNX Runtime ({FirstLine(e.Message)}); an ONNX model was expected. Export it again.", e);
        }
    }

    private static TensorSpec CheckInput(ModelManifest manifest, InferenceSession session)
    {
        var found = session.InputMetadata.Select(static i => Spec(i.Key, i.Value.ElementDataType, i.Value.Dimensions)).ToArray();
        var (width, height) = (manifest.Input.Width, manifest.Input.Height);
        int[] dimensions = manifest.Input.Layout == TensorLayout.Nchw ? [1, 3, height, width] : [1, height, width, 3];
        var expected = new TensorSpec(found.Length == 1 ? found[0].Name : "input", "float32", dimensions);
        if (found.Length == 1 && found[0].ElementType == expected.ElementType && Fits(found[0].Dimensions, dimensions)) return expected;
        throw new ModelException(
            $"Model '{manifest.Name}' has input {string.Join(" and ", found.AsEnumerable())} but {ModelPackage.ManifestName} declares {expected} ({width}×{height}, {manifest.Input.Layout.ToString().ToLowerInvariant()}). Fix 'input'.");
    }

    /// <summary>A dimension that the graph leaves open fits any.</summary>
    private static bool Fits(IReadOnlyList<int> graph, int[] wanted) =>
        graph.Count == wanted.Length && graph.Zip(wanted).All(static d => d.First < 0 || d.First == d.Second);

    private TensorSpec[] WarmUp()
    {
        var zeros = new float[Input.Dimensions.Aggregate(1, static (a, b) => a * b)];
        using var input = OrtValue.CreateTensorValueFromMemory(zeros, [.. Input.Dimensions.Select(static d => (long)d)]);
        try
        {
            using var outputs = _session.Run(_runOptions, [Input.Name], [input], _session.OutputNames);
            return [.. _session.OutputNames.Zip(outputs, static (name, value) => SpecOf(name, value))];
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException($"Model '{Package.Manifest.Name}' fails on a picture of zeros ({FirstLine(e.Message)}); it cannot run here. Export it for an input of {Input}.", e);
        }
    }

    private static TensorSpec SpecOf(string name, OrtValue value)
    {
        if (!value.IsTensor) return new TensorSpec(name, value.OnnxType.ToString(), []);
        var info = value.GetTensorTypeAndShape();
        return Spec(name, info.ElementDataType, [.. info.Shape.Select(static d => (int)d)]);
    }

    private static TensorSpec Spec(string name, TensorElementType type, int[]? dimensions) =>
        new(name, type == TensorElementType.Float ? "float32" : type.ToString().ToLower(CultureInfo.InvariantCulture), dimensions ?? []);

    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim().TrimEnd('.');

    [LoggerMessage(EventIds.ModelLoaded, LogLevel.Information, "Model {Model} {Version} (sha256 {Sha256}) is loaded and warm, {Threads} threads a frame.")]
    private static partial void Loaded(ILogger log, string model, string version, string sha256, int threads);
}
