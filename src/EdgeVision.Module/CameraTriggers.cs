using EdgeVision.Capture.Gpio;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Triggers;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>
/// The triggers of all cameras that have one. Each outlives its camera's restarts, and its line is under supervision of its own: a chip that
/// is pulled out costs pulses, not the camera.
/// </summary>
internal sealed class CameraTriggers(EdgeVisionOptions options, GpioLines gpio, Outbox outbox, Telemetry telemetry, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1), LastRetry = TimeSpan.FromSeconds(30);

    private readonly ILogger _log = logs.CreateLogger("trigger");
    private readonly Supervisor _lines = new(time, logs.CreateLogger("supervisor"));
    private readonly Dictionary<string, CameraTrigger> _triggers = [];

    /// <summary>Once, before any camera is opened.</summary>
    public void Start()
    {
        foreach (var (name, camera) in options.Cameras)
        {
            if (camera.Trigger is not { } wanted) continue;
            var trigger = Create(name, wanted);
            _triggers.Add(name, trigger);
            _lines.Run($"trigger {wanted.Name ?? name}", trigger.ReadAsync, new RetrySchedule(FirstRetry, LastRetry, Random.Shared), (failure, _, _) =>
            {
                trigger.LineFailed(Explained.Says(failure) ?? failure.Message);
                return Task.CompletedTask;
            });
        }
    }

    /// <summary>Null for a camera that runs freely.</summary>
    public CameraTrigger? Of(string camera) => _triggers.GetValueOrDefault(camera);

    /// <summary>The camera's own source, or the same with only the frames that its pulses ask for. Owns <paramref name="source"/>.</summary>
    public IFrameSource Wrap(IFrameSource source, CameraTrigger? trigger, CameraLife life, FramePool pool) => trigger is null ? source : new TriggeredSource(source, trigger, pool, time)
    {
        Runs = () =>
        {
            telemetry.Camera(trigger.Camera).Runs();
            trigger.Tell(life.FrameArrived());
        },
    };

    /// <summary>No more pulses. At the side of the cameras, whose time it shares.</summary>
    public Task StopReadingAsync() => _lines.DisposeAsync().AsTask();

    /// <summary>After the cameras. What still waits is explained; a disk that refuses has half a second.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopReadingAsync();
        await Task.WhenAny(Task.WhenAll(_triggers.Values.Select(t => t.DisposeAsync().AsTask())), Task.Delay(StopTime.LastEvent, time));
    }

    private CameraTrigger Create(string camera, TriggerOptions wanted)
    {
        var setting = new TriggerSetting(camera, wanted.Name ?? camera, wanted.Line.Line.ToString(), wanted.Rule, wanted.ExposureOffset, wanted.Queue);
        var strobe = wanted.Strobe is { } lamp ? new Strobe(() => gpio.OpenOutput(lamp.Line), lamp.Longest, lamp.UntilFrame, time, _log) : null;
        return new CameraTrigger(setting, () => gpio.OpenTrigger(wanted.Line, wanted.Edge, time), strobe, events => TellAsync(camera, events), telemetry.Camera(camera).Triggers, time, _log);
    }

    private async Task TellAsync(string camera, IReadOnlyList<VisionEvent> events)
    {
        await outbox.AppendAsync(events, CancellationToken.None);
        telemetry.Camera(camera).CountEvents(events.Count);
    }
}
