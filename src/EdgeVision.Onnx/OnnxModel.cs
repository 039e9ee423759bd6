using EdgeVision.Inference;
using EdgeVision.Models;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Onnx;

/// <summary>
/// A model in ONNX Runtime: opened, checked against its manifest and warmed up once, then shared by the detectors of all cameras.
/// Thread-safe. Disposed after its detectors.
/// </summary>
public sealed partial class OnnxModel : IDisposable
{
    private readonly SessionPool _sessions;
    private readonly ModelGraph _graph;
    private readonly OutputShape[] _outputs;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private Thread? _storing;
    private int _detectors;
    private bool _disposed;

    private OnnxModel(ModelPackage package, SessionPool sessions, int threads, ILogger log)
    {
        (Package, _sessions, Threads, _log) = (package, sessions, threads, log);
        _graph = ModelGraph.Read(package.Manifest, sessions[0]);
        Input = _graph.InputOf(package.Manifest.Input);

        // Every session once, so that no camera's first frame is the slow one.
        _outputs = _graph.Probe(sessions[0], sessions.RunOptions, package.Manifest.Input);
        for (var i = 1; i < sessions.Count; i++) _graph.Probe(sessions[i], sessions.RunOptions, package.Manifest.Input);
        Outputs = [.. _outputs.Select(static o => o.Spec)];

        // Made only to be checked: what does not fit must be said before the first frame.
        OutputDecoder.Create(package, Outputs);
    }

    public ModelPackage Package { get; }

    /// <summary>Threads that work on one frame.</summary>
    public int Threads { get; }

    /// <summary>Frames that are worked on at the same time without sharing those threads: more than 1 in throughput mode.</summary>
    public int Sessions => _sessions.Count;

    /// <summary>All dimensions known, batch of one. With <see cref="ResizeMode.None"/> what the model was tried with; frames bring their own size.</summary>
    public TensorSpec Input { get; }

    /// <summary>As decoders read them, in floats, all dimensions known: from the warm-up, not from the graph, which may leave some open.</summary>
    public IReadOnlyList<TensorSpec> Outputs { get; }

    /// <summary>Loads the weights and runs them once on zeros, so that the first frame is not the slow one. Takes some 100 ms.</summary>
    /// <param name="package">Verified.</param>
    /// <param name="options">How it runs.</param>
    /// <param name="log">Told what is loaded.</param>
    /// <param name="cacheFolder">Where the optimised model is kept for the next start; made when missing. Null for nowhere.</param>
    /// <exception cref="ModelException">ONNX Runtime refuses the model, it is not what its manifest says, or the provider is missing.</exception>
    public static OnnxModel Open(ModelPackage package, OnnxOptions options, ILogger log, string? cacheFolder = null)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, OnnxOptions.MaxThreads);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Sessions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Sessions, OnnxOptions.MaxSessions);
        var threads = ThreadsOf(options);
        var opener = new SessionOpener(package, options, threads, cacheFolder, log);
        var sessions = opener.Open();
        try
        {
            var model = new OnnxModel(package, sessions, threads, log);
            NativeHeap.Trim();
            Loaded(log, package.Manifest.Name, package.Manifest.Version, package.Manifest.Sha256, threads, sessions.Count);
            if (opener.Store is { } store) model.StartStoring(store);
            return model;
        }
        catch
        {
            sessions.Dispose();
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
            var detector = new OnnxDetector(this, _sessions, time, options ?? new DetectorOptions(), _log);
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

        _storing?.Join();
        _sessions.Dispose();
        NativeHeap.Trim();
    }

    /// <summary>Beside the first frames, once in a model's life on a device: it takes as long as loading, and a slow card some seconds.</summary>
    private void StartStoring(Action store)
    {
        _storing = new Thread(() => store()) { Name = "optimised model", IsBackground = true };
        _storing.Start();
    }

    internal BoundTensors CreateTensors(float? confidenceThreshold) => new(_graph, _sessions, Package, _outputs, confidenceThreshold);

    /// <summary>For an input of another size, which a graph that leaves it open takes. Runs the model once on zeros.</summary>
    /// <exception cref="ModelException">Its outputs for this size are not what the manifest promises.</exception>
    internal BoundTensors CreateTensors(int width, int height, float? confidenceThreshold)
    {
        var package = Package.WithInputSize(width, height);
        return new BoundTensors(_graph, _sessions, package, _graph.Probe(_sessions[0], _sessions.RunOptions, package.Manifest.Input), confidenceThreshold);
    }

    internal void TakeBack()
    {
        lock (_gate) _detectors--;
    }

    private static int ThreadsOf(OnnxOptions options) =>
        options.Threads > 0 ? options.Threads : options.Sessions > 1 ? 1 : Math.Min(EffectiveCpus.Count, OnnxOptions.MaxThreads);

    [LoggerMessage(EventIds.ModelLoaded, LogLevel.Information, "Model {Model} {Version} (sha256 {Sha256}) is loaded and warm, {Threads} threads a frame, {Sessions} at a time.")]
    private static partial void Loaded(ILogger log, string model, string version, string sha256, int threads, int sessions);
}
