using EdgeVision.Capture;
using EdgeVision.Capture.Gpio;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>All cameras of the node, each under supervision of its own: one that fails is lost, told, and opened again.</summary>
internal sealed partial class Cameras(
    EdgeVisionOptions options, OnnxModel model, Outbox outbox, Telemetry telemetry, FrameBudget budget, GpioLines gpio, Switchboard switchboard, TimeProvider time, ILoggerFactory logs)
    : IAsyncDisposable
{
    /// <summary>A camera comes back within seconds of its cable, and a dead one costs one attempt every half minute.</summary>
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1), LastRetry = TimeSpan.FromSeconds(30);

    private readonly Supervisor _supervisor = new(time, logs.CreateLogger("supervisor"));
    private readonly ILogger _log = logs.CreateLogger("camera");
    private readonly CameraTriggers _triggers = new(options, gpio, outbox, telemetry, time, logs);

    public void Start()
    {
        // Inference blocks a pool thread per camera on purpose; what delivers events must find another one at once.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(workers + options.Cameras.Count, ports);

        JpegDecodedBy(_log, JpegDecoder.Codec);
        _triggers.Start();
        foreach (var (name, camera) in options.Cameras)
        {
            var life = new CameraLife(name, time);
            var controls = new WantedControls(name, camera.Controls, _log);
            _supervisor.Run(
                $"camera {name}",
                stopping => RunCameraAsync(name, camera, life, controls, stopping),
                new RetrySchedule(FirstRetry, LastRetry, Random.Shared),
                (failure, retryIn, stopping) =>
                {
                    telemetry.Camera(name).Lost(retryIn, time);
                    return TellAsync(name, life.Lost(Explained.Says(failure) ?? failure.Message, retryIn), stopping);
                });
        }
    }

    /// <summary>Until every camera has come to its end, or <paramref name="stopping"/> fires.</summary>
    public Task UntilEndedAsync(CancellationToken stopping) => _supervisor.UntilEndedAsync(stopping);

    /// <summary>Cameras first: what they leave behind is the triggers' to explain.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_supervisor.DisposeAsync().AsTask(), _triggers.StopReadingAsync());
        await _triggers.DisposeAsync();
    }

    private async Task RunCameraAsync(string name, CameraOptions camera, CameraLife life, WantedControls controls, CancellationToken stopping)
    {
        var trigger = _triggers.Of(name);
        var pool = trigger is null ? new FramePool() : new FramePool(retained: 5 + trigger.Queue);
        using var source = _triggers.Wrap(Open(camera, options.BaseDirectory, pool, time, telemetry.Camera(name).Capture, controls), trigger, life, pool);
        using var detector = model.CreateDetector(time);
        var decoder = new JpegDecoder(pool);
        Started(_log, name, source.ToString() ?? "");

        var loop = new CameraLoop(name, camera, source, decoder.TryDecode, detector, life, outbox, telemetry.Camera(name), time, _log)
        {
            GoOn = budget.Use,
            Trigger = trigger,
            Gate = switchboard.GateOf(name),
            Seen = switchboard.ObserverOf(name),
        };
        if (!await loop.RunAsync(stopping)) return;
        Ended(_log, name);
        telemetry.Camera(name).Ended();
        await TellAsync(name, life.Ended(), stopping);
    }

    /// <summary>As it hangs and is masked; no other way leads to a camera's frames.</summary>
    /// <exception cref="CaptureException">It cannot be opened.</exception>
    public static IFrameSource Open(CameraOptions camera, string baseDirectory, FramePool pool, TimeProvider time, CaptureCounters? counters = null, WantedControls? controls = null) =>
        CameraUri.TryParse(camera.Uri, baseDirectory, out var uri, out var error)
            ? new MountedSource(FrameSources.Open(uri, pool, time, camera.Login, OpenCvDoor.Opener, counters, controls), camera.Mounting.Orientation, new LivePrivacyMask(PrivacyMask.Of(camera.Masks)))
            : throw new CaptureException(error);

    private async Task TellAsync(string name, CameraEvent? happened, CancellationToken stopping)
    {
        if (happened is null) return;
        // Handed over in any case; only the waiting for a disk that refuses ends with the node.
        await outbox.AppendAsync(happened, CancellationToken.None).AsTask().WaitAsync(stopping);
        telemetry.Camera(name).CountEvents(1);
    }

    [LoggerMessage(EventIds.JpegDecoder, LogLevel.Information, "JPEG frames are decoded by {Codec}.")]
    private static partial void JpegDecodedBy(ILogger log, string codec);

    [LoggerMessage(EventIds.CameraStarted, LogLevel.Information, "Camera {Camera} runs: {Source}.")]
    private static partial void Started(ILogger log, string camera, string source);

    [LoggerMessage(EventIds.CameraEnded, LogLevel.Information, "Camera {Camera} came to its end.")]
    private static partial void Ended(ILogger log, string camera);
}
