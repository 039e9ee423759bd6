using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;

namespace EdgeVision.Module.Live;

/// <summary>
/// One camera's detector, whose model may change between two frames: the next one's tensors are made beside it, and the camera waits for nothing. Made by
/// <see cref="LiveModel"/>, which also changes it; otherwise used by one camera loop at a time.
/// </summary>
internal sealed class LiveDetector : IDetector
{
    private readonly LiveModel _owner;
    private readonly Lock _gate = new();
    private OnnxDetector _inner;
    private OnnxDetector? _next; // of who did not wait for the frame that is being looked at
    private bool _isDisposed;

    /// <param name="owner">Is told when it ends.</param>
    /// <param name="inner">Its own from now on.</param>
    public LiveDetector(LiveModel owner, OnnxDetector inner)
    {
        (_owner, _inner) = (owner, inner);
        Model = inner.Model;
    }

    /// <summary>Of the last answer, until there is one of the next model: what somebody still makes of that answer is not renamed.</summary>
    public ModelIdentity Model { get; private set; }

    public float LeastScale(int width, int height)
    {
        lock (_gate)
        {
            // A shadow that wants a larger picture must not be blamed for what was decoded too small for it.
            return Math.Max(_inner.LeastScale(width, height), _owner.Shadow?.LeastScale(width, height) ?? 0);
        }
    }

    public ValueTask<DetectionStatus> DetectAsync(Frame frame, DetectionList detections, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(detections);
        lock (_gate)
        {
            TakeNext();
            Model = _inner.Model;
            // Local inference never leaves this thread, so it is over when this returns.
            var answer = _inner.DetectAsync(frame, detections, stopping);
            if (!answer.IsCompletedSuccessfully) return answer;
            var status = answer.Result;
            _owner.Tally.Count(status, detections.Count, detections.Timings.Infer);
            if (status is DetectionStatus.Ok) _owner.Shadow?.Offer(frame, detections.Span, Model.Labels, detections.Timings.Infer);
            return ValueTask.FromResult(status);
        }
    }

    /// <summary>From the next frame on <paramref name="next"/>, which is this object's now. Waits for the frame that is being looked at, no longer than <paramref name="patience"/>.</summary>
    /// <returns>False when that frame took too long: its model is in use until it comes back.</returns>
    public bool Exchange(OnnxDetector next, TimeSpan patience)
    {
        Interlocked.Exchange(ref _next, next)?.Dispose();
        if (!_gate.TryEnter(patience)) return false;
        try
        {
            TakeNext();
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _inner.Dispose();
            Interlocked.Exchange(ref _next, null)?.Dispose();
        }

        _owner.Forget(this);
    }

    /// <summary>Under the lock.</summary>
    private void TakeNext()
    {
        if (Volatile.Read(ref _next) is null || Interlocked.Exchange(ref _next, null) is not { } next) return;
        if (!_isDisposed) (_inner, next) = (next, _inner);
        next.Dispose();
    }
}
