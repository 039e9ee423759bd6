using EdgeVision.Capture;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Module.Evidence;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>One camera with its trigger, under supervision of its own: what fails is lost, told, and opened again.</summary>
internal sealed partial class RunningCamera : IAsyncDisposable
{
    private readonly string _name;
    private readonly SharedParts _shared;
    private readonly ILogger _log;
    private readonly Supervisor _supervisor;
    private readonly CameraLife _life;
    private readonly WantedControls _controls;
    private readonly LivePrivacyMask _mask;
    private readonly RunningTrigger? _trigger;
    private readonly CameraRequests _requests;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CameraOptions _options;

    public RunningCamera(string name, CameraOptions options, SharedParts shared, CameraRequests requests)
    {
        (_name, _options, _shared, _requests) = (name, options, shared, requests);
        _log = shared.Logs.CreateLogger("camera");
        _supervisor = new Supervisor(shared.Time, shared.Logs.CreateLogger("supervisor"));
        _life = new CameraLife(name, shared.Time);
        _controls = new WantedControls(name, options.Controls, _log);
        _mask = new LivePrivacyMask(PrivacyMask.Of(options.Masks));
        _trigger = options.Trigger is { } trigger ? new RunningTrigger(name, trigger, shared) : null;
    }

    /// <summary>The camera came to its end by itself, as a clip does; never when it was stopped.</summary>
    public Task Ended => _ended.Task;

    public void Start()
    {
        _trigger?.Start(_supervisor);
        _supervisor.Run($"camera {_name}", RunAsync, Retries.OfCameras(), (failure, retryIn, stopping) =>
        {
            var reason = Explained.Says(failure) ?? failure.Message;
            _shared.Telemetry.Camera(_name).Lost(retryIn, _shared.Time, reason);
            return TellAsync(_life.Lost(reason, retryIn), stopping);
        });
    }

    /// <summary>False when it must be opened anew for that, and nothing was done.</summary>
    public bool TryTake(CameraOptions next)
    {
        if (!_options.CanBecome(next)) return false;
        var before = _options;
        // The mask first: nothing that is newly hidden may be seen under the other new settings.
        if (!before.Masks.SequenceEqual(next.Masks)) _mask.Current = PrivacyMask.Of(next.Masks);
        _options = next;
        _controls.Replace(next.Controls);
        return true;
    }

    /// <summary>The camera and its line first: what they leave behind is the trigger's to explain.</summary>
    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync();
        if (_trigger is not null) await _trigger.DisposeAsync();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        var (options, telemetry, trigger) = (_options, _shared.Telemetry.Camera(_name), _trigger);
        var pool = trigger is null ? new FramePool() : new FramePool(retained: 5 + trigger.Trigger.Queue);
        var camera = Cameras.Open(options with { Login = options.Login with { Decrypt = _shared.Decrypt } }, _shared.BaseDirectory, pool, _shared.Time, telemetry.Capture, _controls, _mask);
        using var source = trigger is null ? camera : trigger.Wrap(camera, _life, pool);
        using var detector = _shared.Model.CreateDetector();
        var decoder = new JpegDecoder(pool);
        var evidence = _shared.Evidence is { } parts ? new CameraEvidence(_name, () => _options.Evidence, parts, () => detector.Model.Labels, _shared.Time) : null;
        var doubts = _shared.Escalations?.Of(_name, () => detector.Model);
        Started(_log, _name, source.ToString() ?? "");

        var loop = new CameraLoop(_name, options, source, decoder.TryDecode, detector, _life, _shared.Outbox, telemetry, _shared.Time, _log)
        {
            Latest = () => _options,
            GoOn = _shared.Budget.Use,
            Trigger = trigger?.Trigger,
            Requests = _requests,
            Found = evidence is null && doubts is null ? null : (detections, timestamp) =>
            {
                evidence?.Found(detections, timestamp);
                doubts?.Found(detections);
            },
            Doubts = doubts is null ? null : doubts.Doubts,
            Asked = doubts is null ? null : doubts.Ask,
            Picture = evidence is null ? null : evidence.Of,
            Gate = () => _shared.Switchboard.GateOf(_name),
            Seen = (detections, timestamp) => _shared.Switchboard.ObserverOf(_name, detector.Model.Labels)?.Invoke(detections, timestamp),
        };
        if (await loop.RunAsync(stopping))
        {
            EndedByItself(_log, _name);
            telemetry.Ended();
            await TellAsync(_life.Ended(), stopping);
        }

        _ended.TrySetResult();
    }

    private async Task TellAsync(CameraEvent? happened, CancellationToken stopping)
    {
        if (happened is null) return;
        // Handed over in any case; only the waiting for a disk that refuses ends with the node.
        await _shared.Outbox.AppendAsync(happened, CancellationToken.None).AsTask().WaitAsync(stopping);
        _shared.Telemetry.Camera(_name).CountEvents(1);
    }

    [LoggerMessage(EventIds.CameraStarted, LogLevel.Information, "Camera {Camera} runs: {Source}.")]
    private static partial void Started(ILogger log, string camera, string source);

    [LoggerMessage(EventIds.CameraEnded, LogLevel.Information, "Camera {Camera} came to its end.")]
    private static partial void EndedByItself(ILogger log, string camera);
}
