using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EdgeVision.Commands;
using EdgeVision.Configuration;
using EdgeVision.Events;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Remote;

/// <summary><c>pauseCamera</c>, <c>resumeCamera</c>, <c>detectNow</c>.</summary>
internal sealed partial class CameraCommands(RemoteNode node)
{
    /// <summary>A camera at a frame every ten seconds is slow; a caller waits half a minute.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static string ReadName(OptionsReader arguments) => arguments.RequiredText("camera", "Name of a camera.", EntityName.Check);

    public ValueTask<CommandAnswer> Pause(PauseArguments arguments, CancellationToken stopping) => ValueTask.FromResult(SetPause(arguments.Camera, arguments.Paused));

    public ValueTask<CommandAnswer> Resume(string name, CancellationToken stopping) => ValueTask.FromResult(SetPause(name, pause: false));

    public async ValueTask<CommandAnswer> DetectNowAsync(string name, CancellationToken stopping)
    {
        if (!TryFind(node, name, out var camera, out var refusal)) return refusal;
        var seen = await WithinAsync(camera.NextDetectionAsync, node.Time, stopping);
        return seen is null ? NoFrame(camera.Camera) : CommandAnswer.Of(CommandAnswer.Ok, json =>
        {
            json.WriteString("camera", camera.Camera);
            json.WriteString("capturedAt", Times.Of(seen.Time));
            json.WriteString("event", seen.Id);
            json.WriteNumber("width", seen.Width);
            json.WriteNumber("height", seen.Height);
            json.WriteStartArray("objects");
            foreach (var detection in seen.Objects) VisionEventJson.WriteObject(json, detection, seen.Model.Labels, seen.Width, seen.Height, seen.LandmarksOf(detection));
            json.WriteEndArray();
            json.WriteStartObject("timingsMs");
            VisionEventJson.WriteMilliseconds(json, "preprocess"u8, seen.Timings.Preprocess);
            VisionEventJson.WriteMilliseconds(json, "infer"u8, seen.Timings.Infer);
            VisionEventJson.WriteMilliseconds(json, "postprocess"u8, seen.Timings.Postprocess);
            json.WriteEndObject();
        });
    }

    /// <summary>A camera that can give a frame; otherwise what the caller is told.</summary>
    public static bool TryFind(RemoteNode node, string name, [NotNullWhen(true)] out CameraRequests? camera, out CommandAnswer refusal)
    {
        (camera, refusal) = (node.Camera(name), default);
        if (camera is null)
        {
            refusal = Names.Unknown("camera", node.Cameras());
            return false;
        }

        var telemetry = node.TelemetryOf(camera);
        if (telemetry.Condition is not (CameraCondition.Lost or CameraCondition.Ended)) return true;
        refusal = CommandAnswer.Refusal(CommandAnswer.Conflict, telemetry.Condition is CameraCondition.Ended
            ? $"Camera '{camera.Camera}' came to its end and gives no more frames."
            : $"Camera '{camera.Camera}' is lost and opened again: {LogMask.Apply(telemetry.LostReason ?? "see the log of this node.")}");
        camera = null;
        return false;
    }

    /// <summary>Null when it did not come in time.</summary>
    public static async Task<T?> WithinAsync<T>(Func<CancellationToken, Task<T>> next, TimeProvider time, CancellationToken stopping)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        try
        {
            return await next(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    public static CommandAnswer NoFrame(string camera) => CommandAnswer.Refusal(
        CommandAnswer.Late, string.Create(CultureInfo.InvariantCulture, $"Camera '{camera}' gave no frame that can be used within {Patience.TotalSeconds:0} s; does it wait for a trigger, or is it slower than that? See getStatus."));

    private CommandAnswer SetPause(string name, bool pause)
    {
        if (node.Camera(name) is not { } camera) return Names.Unknown("camera", node.Cameras());
        var hasChanged = pause ? camera.Pause() : camera.Resume();
        if (hasChanged) PauseChanged(node.Logger, camera.Camera, pause ? "is paused: its frames are not looked at" : "is not paused any more");
        return CommandAnswer.Of(CommandAnswer.Ok, json =>
        {
            json.WriteString("camera", camera.Camera);
            json.WriteString("state", StatusCommand.StateOf(node.TelemetryOf(camera), camera));
            json.WriteBoolean("changed", hasChanged);
        });
    }

    [LoggerMessage(EventIds.CameraPauseChanged, LogLevel.Information, "Camera {Camera} {What}, by a command.")]
    private static partial void PauseChanged(ILogger log, string camera, string what);
}
