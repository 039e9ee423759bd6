using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Triggers;

namespace EdgeVision.Module;

/// <summary>The trigger of a camera that has one. It outlives its camera's restarts: a chip that is pulled out costs pulses, not the camera.</summary>
internal sealed class RunningTrigger : IAsyncDisposable
{
    private readonly SharedParts _shared;
    private readonly string _label;

    public RunningTrigger(string camera, TriggerOptions wanted, SharedParts shared)
    {
        _shared = shared;
        _label = wanted.Name ?? camera;
        var log = shared.Logs.CreateLogger("trigger");
        var setting = new TriggerSetting(camera, _label, wanted.Line.Line.ToString(), wanted.Rule, wanted.ExposureOffset, wanted.Queue);
        var strobe = wanted.Strobe is { } lamp ? new Strobe(() => shared.Gpio.OpenOutput(lamp.Line), lamp.Longest, lamp.UntilFrame, shared.Time, log) : null;
        Trigger = new CameraTrigger(
            setting, () => shared.Gpio.OpenTrigger(wanted.Line, wanted.Edge, shared.Time), strobe, events => TellAsync(camera, events), shared.Telemetry.Camera(camera).Triggers, shared.Time, log);
    }

    public CameraTrigger Trigger { get; }

    /// <summary>Once, before the camera is opened. The line is under supervision of its own until <paramref name="lines"/> is disposed.</summary>
    public void Start(Supervisor lines) => lines.Run($"trigger {_label}", Trigger.ReadAsync, Retries.OfCameras(), (failure, _, _) =>
    {
        Trigger.LineFailed(Explained.Says(failure) ?? failure.Message);
        return Task.CompletedTask;
    });

    /// <summary>The camera with only the frames that its pulses ask for. Owns <paramref name="source"/>.</summary>
    public IFrameSource Wrap(IFrameSource source, CameraLife life, FramePool pool) => new TriggeredSource(source, Trigger, pool, _shared.Time)
    {
        Runs = () =>
        {
            _shared.Telemetry.Camera(Trigger.Camera).Runs();
            Trigger.Tell(life.FrameArrived());
        },
    };

    /// <summary>After its camera and its line. What still waits is explained; a disk that refuses has half a second.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAny(Trigger.DisposeAsync().AsTask(), Task.Delay(StopTime.LastEvent, _shared.Time));

    private async Task TellAsync(string camera, IReadOnlyList<VisionEvent> events)
    {
        await _shared.Outbox.AppendAsync(events, CancellationToken.None);
        _shared.Telemetry.Camera(camera).CountEvents(events.Count);
    }
}
