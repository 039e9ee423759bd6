using System.Globalization;
using EdgeVision.Azure.Hub;
using EdgeVision.Capture.Gpio;
using EdgeVision.Capture.V4l2.Devices;
using EdgeVision.Module.Doctor;

namespace EdgeVision.Module.Remote;

/// <summary>
/// The doctor's checks beside a working node: what it holds itself (cameras, the embedded broker's port, the hub's link) is not tried a second time, which
/// would only disturb it, but told as it is. The way to the hub is examined beside its link: that takes no login, and an authority that ends soon shows while
/// the link is still up.
/// </summary>
internal sealed class Diagnosis(Func<Settings> settings, string dataFolder, Telemetry telemetry, Func<HubLinkStatus?> link, TimeProvider time)
{
    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken stopping)
    {
        var now = settings();
        List<Finding> findings =
        [
            await NodeChecks.ModelAsync(now, time, stopping),
            NodeChecks.PictureCodec(time),
            NodeChecks.Disk(dataFolder),
            NodeChecks.Clock(time),
        ];
        if (now.Options.Mqtt.Host is not null) findings.Add(await NodeChecks.BrokerAsync(now.Options, time, stopping));
        findings.Add(VideoDeviceChecks.Examine(VideoDevices.List()));
        findings.AddRange(telemetry.Cameras.Select(Camera));
        findings.AddRange(await GpioChecks.ExamineAsync(now.Options, GpioInventory.Read, time, stopping));
        findings.AddRange(telemetry.Sinks.Select(Sink));
        if (link() is { } status) findings.Add(Link(status));
        findings.AddRange(await HubChecks.ExamineAsync(Settings.ProcessEnvironment(), now.Options.IotHub, time, stopping));
        return findings;
    }

    private static Finding Camera(CameraTelemetry camera) => camera.Condition switch
    {
        CameraCondition.Lost => Finding.Fail($"camera {camera.Camera}", camera.LostReason ?? "It is lost.", "It is opened again and again; see the sentence."),
        CameraCondition.Opens => Finding.Warn($"camera {camera.Camera}", "It has given no frame yet.", "Look again in a moment; if that stays, check its cable, its address, or whether it waits for a trigger."),
        CameraCondition.Ended => Finding.Ok($"camera {camera.Camera}", "It came to its end."),
        _ => Finding.Ok($"camera {camera.Camera}", string.Create(CultureInfo.InvariantCulture, $"It {(camera.IsPaused ? "is paused" : "runs")}: {camera.Captured} frames taken, {camera.Dropped} dropped, {camera.Skipped} skipped.")),
    };

    private static Finding Sink(SinkTelemetry sink) => sink.IsFailing
        ? Finding.Fail($"sink {sink.Sink}", "The last attempt to deliver failed; events wait in the outbox.", "See the log for the reason; delivery is tried again by itself.")
        : Finding.Ok($"sink {sink.Sink}", string.Create(CultureInfo.InvariantCulture, $"{sink.Accepted} events delivered."));

    private static Finding Link(HubLinkStatus status) => status.State is HubLinkState.Connected
        ? Finding.Ok("hub link", $"Connected since {Times.Of(status.Since)}.")
        : Finding.Fail("hub link", status.Reason ?? "It is being opened.", "It is tried again by itself; see the sentence.");
}
