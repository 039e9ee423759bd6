using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Onnx;

/// <summary>
/// Preprocess, run, decode, suppress, back to source pixels. Has its own input and output tensors, bound once: a frame allocates nothing
/// (unless the model's outputs change their size from frame to frame). Works synchronously, on the caller's thread and the model's own.
/// </summary>
public sealed partial class OnnxDetector : IDetector
{
    private readonly OnnxModel _model;
    private readonly SessionPool _sessions;
    private readonly SessionTurn _turn;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly float? _confidenceThreshold;
    private readonly bool _takesAnySize;
    private BoundTensors _tensors;
    private (int Width, int Height) _refusedSize;
    private bool _failing;
    private bool _disposed;

    internal OnnxDetector(OnnxModel model, SessionPool sessions, TimeProvider time, DetectorOptions options, ILogger log)
    {
        (_model, _sessions, _time, _log) = (model, sessions, time, log);
        _confidenceThreshold = options.ConfidenceThreshold;
        _takesAnySize = model.Package.Manifest.Input.Resize == ResizeMode.None;
        _tensors = model.CreateTensors(_confidenceThreshold);
        _turn = sessions.CreateTurn();
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
        _tensors.Dispose();
        _turn.Dispose();
        _model.TakeBack();
    }

    /// <summary>
    /// The model alone, on what the last frame left in the input, with the same session, threads and tensors as a frame: what a benchmark
    /// holds the frame path against. Nothing is decoded.
    /// </summary>
    /// <param name="bound">False for a plain Session.Run by name on the same tensors.</param>
    public void RunOnly(bool bound = true)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var session = _sessions.Take(_turn);
        try
        {
            if (bound) _tensors.Run(session);
            else _tensors.RunByName(session);
        }
        finally
        {
            _sessions.GiveBack(session);
        }
    }

    private DetectionStatus Detect(Frame frame, DetectionList detections)
    {
        var started = _time.GetTimestamp();
        if (_takesAnySize && !TrySize(frame)) return DetectionStatus.Failed;
        if (!_tensors.Preprocessor.TryWrite(frame.Pixels, frame.Format, frame.Orientation, out var letterbox)) return DetectionStatus.UnsupportedFrame;
        var preprocessed = _time.GetTimestamp();
        if (!TryRun()) return DetectionStatus.Failed;
        var inferred = _time.GetTimestamp();
        _tensors.Read();
        if (!_tensors.Decoder.TryDecode(_tensors.Outputs, detections))
        {
            Fail("its outputs hold NaN, infinity or a class id beyond its labels", null);
            return DetectionStatus.Failed;
        }

        NonMaxSuppression.Apply(detections, _model.Package.Manifest.NmsIou, _model.Package.Manifest.MaxDetections);
        ToSource(detections, letterbox, frame);
        Succeed();
        detections.Timings = new DetectionTimings(
            _time.GetElapsedTime(started, preprocessed), _time.GetElapsedTime(preprocessed, inferred), _time.GetElapsedTime(inferred));
        return DetectionStatus.Ok;
    }

    /// <summary>Input pixels to stored pixels to source pixels, which are more when a JPEG was decoded at a smaller scale; the picture stands upright all the way.</summary>
    private static void ToSource(DetectionList detections, in Letterbox letterbox, Frame frame)
    {
        var (width, height) = frame.Orientation.Upright(frame.Format.Width, frame.Format.Height);
        var (x, y) = ((float)frame.UprightWidth / width, (float)frame.UprightHeight / height);
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
            RunOnly();
            return true;
        }
        catch (OnnxRuntimeException e)
        {
            Fail("ONNX Runtime refuses it", e);
            return false;
        }
        catch (ModelException e)
        {
            Fail(e.Message.TrimEnd('.'), null);
            return false;
        }
    }

    /// <summary>Tensors for a frame as it is, upright. Those of the last size are kept: a camera changes it once, if ever.</summary>
    private bool TrySize(Frame frame)
    {
        var size = frame.Orientation.Upright(frame.Format.Width, frame.Format.Height);
        if (size == (_tensors.Width, _tensors.Height)) return true;
        if (size == _refusedSize) return false;
        var (width, height) = size;
        try
        {
            if (width > ModelInput.MaxSide || height > ModelInput.MaxSide)
                throw new ModelException($"A frame of {width}×{height} is larger than {ModelInput.MaxSide}×{ModelInput.MaxSide}, the largest input.");
            var tensors = _model.CreateTensors(width, height, _confidenceThreshold);
            _tensors.Dispose();
            _tensors = tensors;
            return true;
        }
        catch (ModelException e)
        {
            _refusedSize = size;
            Fail(e.Message.TrimEnd('.'), null);
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

    [LoggerMessage(EventIds.InferenceFailed, LogLevel.Warning, "Model {Model} gives no result for a frame: {Reason}. Frames are skipped until it does.")]
    private static partial void Failed(ILogger log, string model, string reason, Exception? exception);

    [LoggerMessage(EventIds.InferenceRecovered, LogLevel.Information, "Model {Model} gives results again.")]
    private static partial void Recovered(ILogger log, string model);
}
