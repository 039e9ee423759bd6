using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeVision.Onnx;

/// <summary>
/// Preprocess, run, decode, suppress, back to source pixels. Has its own input and output tensors, bound once: a frame allocates nothing.
/// Works synchronously, on the caller's thread and the model's own.
/// </summary>
public sealed partial class OnnxDetector : IDetector
{
    private readonly OnnxModel _model;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Preprocessor _preprocessor;
    private readonly OutputDecoder _decoder;
    private readonly OrtIoBinding _binding;
    private readonly OrtValue _input;
    private readonly OrtValue[] _outputs;
    private readonly ReadOnlyMemory<float>[] _results;
    private bool _failing;
    private bool _disposed;

    internal OnnxDetector(OnnxModel model, TimeProvider time, DetectorOptions options, ILogger log)
    {
        (_model, _time, _log) = (model, time, log);
        _preprocessor = new Preprocessor(model.Package.Manifest.Input);
        _decoder = OutputDecoder.Create(model.Package, model.Outputs, options.ConfidenceThreshold);
        _binding = model.CreateBinding();
        _input = BindInput(_preprocessor.Tensor, model.Input);
        _binding.BindInput(model.Input.Name, _input);
        _outputs = new OrtValue[model.Outputs.Count];
        _results = new ReadOnlyMemory<float>[model.Outputs.Count];
        for (var i = 0; i < _outputs.Length; i++)
        {
            Memory<float> result = GC.AllocateArray<float>(model.Outputs[i].Dimensions.Aggregate(1, static (a, b) => a * b), pinned: true);
            _results[i] = result;
            _outputs[i] = Bind(result, model.Outputs[i]);
            _binding.BindOutput(model.Outputs[i].Name, _outputs[i]);
        }
    }

    public ModelIdentity Model => _model.Package.Identity;

    public float LeastScale(int width, int height)
    {
        var input = _model.Package.Manifest.Input;
        var (x, y) = ((float)input.Width / width, (float)input.Height / height);
        return Math.Clamp(input.Resize switch
        {
            ResizeMode.None => 1,
            ResizeMode.Stretch => Math.Max(x, y),
            _ => Math.Min(x, y),
        }, float.Epsilon, 1);
    }

    public ValueTask<DetectionStatus> DetectAsync(Frame frame, DetectionList detections, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(detections);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return stopping.IsCancellationRequested
            ? ValueTask.FromCanceled<DetectionStatus>(stopping)
            : ValueTask.FromResult(Detect(frame, detections));
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _binding.Dispose();
        _input.Dispose();
        foreach (var output in _outputs) output.Dispose();
        _model.TakeBack();
    }

    private DetectionStatus Detect(Frame frame, DetectionList detections)
    {
        var started = _time.GetTimestamp();
        if (!_preprocessor.TryWrite(frame.Pixels, frame.Format, out var letterbox)) return DetectionStatus.UnsupportedFrame;
        var preprocessed = _time.GetTimestamp();
        if (!TryRun()) return DetectionStatus.Failed;
        var inferred = _time.GetTimestamp();
        if (!_decoder.TryDecode(_results, detections))
        {
            Fail("its outputs hold NaN or infinity", null);
            return DetectionStatus.Failed;
        }

        NonMaxSuppression.Apply(detections, _model.Package.Manifest.NmsIou, _model.Package.Manifest.MaxDetections);
        ToSource(detections, letterbox, frame);
        Succeed();
        detections.Timings = new DetectionTimings(
            _time.GetElapsedTime(started, preprocessed), _time.GetElapsedTime(preprocessed, inferred), _time.GetElapsedTime(inferred));
        return DetectionStatus.Ok;
    }

    /// <summary>Input pixels to stored pixels to source pixels, which are more when a JPEG was decoded at a smaller scale.</summary>
    private static void ToSource(DetectionList detections, in Letterbox letterbox, Frame frame)
    {
        var (x, y) = ((float)frame.Width / frame.Format.Width, (float)frame.Height / frame.Format.Height);
        foreach (ref var detection in detections.Span)
        {
            var box = letterbox.ToSource(detection.Box);
            detection = detection with { Box = new Box(box.Left * x, box.Top * y, box.Right * x, box.Bottom * y) };
        }

        foreach (ref var point in detections.Landmarks)
        {
            var stored = letterbox.ToSource(point);
            point = new Point(stored.X * x, stored.Y * y);
        }
    }

    private bool TryRun()
    {
        try
        {
            _model.Run(_binding);
            return true;
        }
        catch (OnnxRuntimeException e)
        {
            Fail("ONNX Runtime refuses it", e);
            return false;
        }
    }

    /// <summary>The first failure of an episode is logged, its end too; the caller counts the rest.</summary>
    private void Fail(string reason, Exception? exception)
    {
        if (!_failing) Failed(_log, Model.Name, reason, exception);
        _failing = true;
    }

    private void Succeed()
    {
        if (_failing) Recovered(_log, Model.Name);
        _failing = false;
    }

    private static OrtValue BindInput(InputTensor tensor, TensorSpec spec) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.Float, [.. spec.Dimensions.Select(static d => (long)d)], tensor.Address, tensor.SizeInBytes);

    private static OrtValue Bind(Memory<float> memory, TensorSpec spec) =>
        OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, [.. spec.Dimensions.Select(static d => (long)d)]);

    [LoggerMessage(EventIds.InferenceFailed, LogLevel.Warning, "Model {Model} gives no result for a frame: {Reason}. Frames are skipped until it does.")]
    private static partial void Failed(ILogger log, string model, string reason, Exception? exception);

    [LoggerMessage(EventIds.InferenceRecovered, LogLevel.Information, "Model {Model} gives results again.")]
    private static partial void Recovered(ILogger log, string model);
}
