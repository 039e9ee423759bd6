using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Onnx;
using EdgeVision.Rollout;

namespace EdgeVision.Module.Rollout;

/// <summary>
/// A model that looks at live frames beside the one in force, at copies of them and in its own time: no camera waits for it, nobody hears of what it sees, and it rests three times
/// as long as it works. Any camera may offer; one frame is looked at at a time.
/// </summary>
internal sealed class Shadow : IAsyncDisposable
{
    /// <summary>Of the time it worked.</summary>
    private const int RestPerWork = 3;

    private readonly OnnxDetector _detector;
    private readonly IReadOnlyList<string> _labels;
    private readonly TimeProvider _time;
    private readonly FramePool _pool = new();
    private readonly DetectionList _found = new();
    private readonly Lock _gate = new();
    private Task _looking = Task.CompletedTask;
    private long _restsUntil;
    private bool _isDisposed;

    /// <param name="model">The caller's; outlives this.</param>
    /// <param name="time">Times rests.</param>
    public Shadow(OnnxModel model, TimeProvider time)
    {
        (_detector, _labels, _time) = (model.CreateDetector(time), model.Package.Labels, time);
        _restsUntil = time.GetTimestamp();
    }

    /// <summary>Read when it is disposed, or a frame behind.</summary>
    public Disagreement Seen { get; } = new();

    /// <inheritdoc cref="IDetector.LeastScale"/>
    public float LeastScale(int width, int height) => _detector.LeastScale(width, height);

    /// <summary>A frame and what the model in force found in it. Copied when the shadow is free, otherwise not looked at.</summary>
    public void Offer(Frame frame, ReadOnlySpan<Detection> found, IReadOnlyList<string> labels, TimeSpan took)
    {
        lock (_gate)
        {
            if (_isDisposed || !_looking.IsCompleted || _time.GetTimestamp() < _restsUntil) return;
            var (copy, live) = (frame.Clone(_pool), found.ToArray());
            _looking = Task.Run(() => LookAsync(copy, live, labels, took));
        }
    }

    /// <summary>After the frame it looks at.</summary>
    public async ValueTask DisposeAsync()
    {
        Task looking;
        lock (_gate) (_isDisposed, looking) = (true, _looking);
        await looking;
        _detector.Dispose();
    }

    private async Task LookAsync(Frame copy, Detection[] live, IReadOnlyList<string> labels, TimeSpan took)
    {
        using (copy)
        {
            var began = _time.GetTimestamp();
            _found.Clear();
            var status = await _detector.DetectAsync(copy, _found, CancellationToken.None);
            if (status is DetectionStatus.Ok) Seen.Count(live, labels, took, _found.Span, _labels, _found.Timings.Infer);
            else Seen.CountFailure();
            _restsUntil = _time.GetTimestamp() + ((_time.GetTimestamp() - began) * RestPerWork);
        }
    }
}
