using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.Commands;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Models;
using EdgeVision.Module.Display;
using EdgeVision.Module.Doctor;
using EdgeVision.Module.Live;
using EdgeVision.Module.Privacy;
using EdgeVision.Module.Rollout;
using EdgeVision.Outputs;
using EdgeVision.Rollout;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Remote;

/// <summary>What commands reach of the node. What may change while it runs is asked for at each call, never kept.</summary>
internal sealed record RemoteNode
{
    public required NodeIdentity Identity { get; init; }

    public required Telemetry Telemetry { get; init; }

    public required Outbox Outbox { get; init; }

    /// <summary>Full path of the data folder.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Names of the cameras that there are now.</summary>
    public required Func<IReadOnlyList<string>> Cameras { get; init; }

    /// <summary>Null when there is no camera of this name.</summary>
    public required Func<string, CameraRequests?> Camera { get; init; }

    /// <summary>Of a camera that may be gone by now, which would be known again, for ever, if it were only asked for; then, as before its first frame, all zero.</summary>
    public CameraTelemetry TelemetryOf(CameraRequests camera) => Telemetry.Find(camera.Camera) ?? new CameraTelemetry(camera.Camera);

    /// <summary>By which pictures leave.</summary>
    public required PictureDoor Door { get; init; }

    /// <summary>Names of the outputs.</summary>
    public required Func<IReadOnlyList<string>> Outputs { get; init; }

    /// <summary>Null when there is no output of this name.</summary>
    public required Func<string, OutputSwitch?> Output { get; init; }

    /// <summary>In force.</summary>
    public required Func<ModelIdentity> Model { get; init; }

    /// <summary>The hub's link; null without a hub.</summary>
    public required Func<HubLinkStatus?> Link { get; init; }

    public required LogLevelSwitch LogLevel { get; init; }

    public required LogTail Log { get; init; }

    /// <summary>Runs the doctor's checks that can be run beside a working node.</summary>
    public required Func<CancellationToken, Task<IReadOnlyList<Finding>>> Examine { get; init; }

    /// <summary>Opens the configured model anew.</summary>
    public required Func<CommandAnswer> ReloadModel { get; init; }

    /// <summary>How far a new model has come.</summary>
    public required Func<RolloutState> Rollout { get; init; }

    /// <summary>Begins a rollout, of these options as they were written. Null when it is taken, otherwise a sentence.</summary>
    public required Func<JsonObject, RolloutOptions, string?> UpdateModel { get; init; }

    /// <summary>Told of each snapshot: the camera and its JPEG, masked as it is.</summary>
    public Action<string, ReadOnlyMemory<byte>>? Pictured { get; set; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Of the program's parts.</summary>
    public static RemoteNode Of(
        SharedParts shared, LiveSettings settings, LiveModel model, Cameras cameras, Screen screen, NodeIdentity node, string dataFolder, Func<HubLinkStatus?> link,
        Func<CommandAnswer> reloadModel, RolloutJournal journal, Func<JsonObject, RolloutOptions, string?> updateModel) => new()
        {
            Identity = node,
            Telemetry = shared.Telemetry,
            Outbox = shared.Outbox,
            DataFolder = dataFolder,
            Cameras = () => cameras.Names,
            Camera = cameras.Requests,
            Door = new PictureDoor(() => settings.Current.Options.Privacy),
            Outputs = () => shared.Switchboard.OutputNames,
            Output = shared.Switchboard.Output,
            Model = () => model.Current.Package.Identity,
            Link = link,
            LogLevel = screen.Level,
            Log = screen.Tail,
            Examine = new Diagnosis(() => settings.Current, dataFolder, shared.Telemetry, link, shared.Time).ExamineAsync,
            ReloadModel = reloadModel,
            Rollout = () => journal.State,
            UpdateModel = updateModel,
            Time = shared.Time,
            Logger = shared.Logs.CreateLogger("commands"),
        };
}
