using EdgeVision.Azure.Cloud;
using EdgeVision.Azure.Hub;
using EdgeVision.Capture;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Models;
using EdgeVision.Module.Evidence;
using EdgeVision.Module.Health;
using EdgeVision.Module.Privacy;
using EdgeVision.Module.Webhooks;
using EdgeVision.Mqtt;
using EdgeVision.Mqtt.HomeAssistant;
using EdgeVision.Onnx;
using EdgeVision.Outputs;
using EdgeVision.Rollout;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>The one configuration tree: everything below the key <c>EdgeVision</c>.</summary>
internal sealed record EdgeVisionOptions
{
    /// <summary>Name of the node in topics and events.</summary>
    public required string Node { get; init; }

    /// <summary>Where relative paths start; not a key.</summary>
    public required string BaseDirectory { get; init; }

    /// <summary>Null: <c>edgevision-data</c> beside the configuration.</summary>
    public required string? DataDirectory { get; init; }

    /// <summary>Group of nodes to which it belongs, for rollouts; null for none.</summary>
    public required string? Ring { get; init; }

    /// <summary>The model that is to look once it has proved itself; null for that of <see cref="Model"/>.</summary>
    public required RolloutOptions? ModelUpdate { get; init; }

    /// <summary>As written: a folder, an .onnx file or a name; <see cref="Settings.Model"/> knows where it lies.</summary>
    public required string Model { get; init; }

    /// <summary>Full path of what a bare .onnx does not say of itself; null for none.</summary>
    public required string? ModelManifest { get; init; }

    /// <summary>Of the store.</summary>
    public required ModelStoreOptions Models { get; init; }

    public required LogLevel LogLevel { get; init; }

    /// <summary>Those that are enabled.</summary>
    public required IReadOnlyDictionary<string, CameraOptions> Cameras { get; init; }

    public required OnnxOptions Inference { get; init; }

    public required OutboxOptions Outbox { get; init; }

    public required MqttOptions Mqtt { get; init; }

    /// <summary>Of all cameras' pictures together.</summary>
    public required EvidenceKeeping Evidence { get; init; }

    public required PrivacyOptions Privacy { get; init; }

    /// <summary>Null for a node that asks nobody.</summary>
    public required CloudModelOptions? Cloud { get; init; }

    public required HomeAssistantOptions HomeAssistant { get; init; }

    public required HubOptions IotHub { get; init; }

    public required IReadOnlyDictionary<string, WebhookOptions> Webhooks { get; init; }

    public required HttpOptions Http { get; init; }

    public required IReadOnlyDictionary<string, OutputOptions> Outputs { get; init; }

    /// <summary>Null for none.</summary>
    public required GpioOutputOptions? StatusLight { get; init; }

    public static EdgeVisionOptions Read(OptionsReader options)
    {
        var read = ReadKeys(options);
        OutputCheck.RefuseCameras(options, read.Outputs, read.Cameras);
        if (read.Cameras.Count > MaxCameras) options.Refuse("Cameras", $"{read.Cameras.Count} cameras are named; a node has {MaxCameras} at most: spread them over several.");
        if (read.Webhooks.Count > WebhookOptions.MaxCount) options.Refuse(WebhookOptions.Key, $"{read.Webhooks.Count} are named; a node has {WebhookOptions.MaxCount} at most: each has a delivery loop.");
        read = read with { Cameras = read.Cameras.Where(c => c.Value.Enabled).ToDictionary(StringComparer.OrdinalIgnoreCase) };
        read.RefuseLinesWithTwoOwners(options);
        read.Mqtt.RefuseSharedPrefixes(options, read.Node);
        return read;
    }

    private static EdgeVisionOptions ReadKeys(OptionsReader options) => new()
    {
        Node = options.Text("Node", null, "Name of this node in topics and events; the host name when absent.", EntityName.Check)
            ?? EntityName.Sanitise(Environment.MachineName),
        BaseDirectory = options.FullPath("."),
        DataDirectory = options.FilePath("DataDirectory",
            "Folder of what must survive a restart (the outbox); `edgevision-data` beside the configuration file when absent. Put it on a disk, not on a RAM disk."),
        Model = options.Text("Model", BundledModel, "Folder with a model.json, an .onnx file, or `NAME` or `NAME@VERSION` of a bundled model or one added with `edgevision model add`.") ?? BundledModel,
        Ring = options.Text("Ring", null, "Group of nodes to which this one belongs, by a name of your choice: a `ModelUpdate` may be meant for some of them only.", EntityName.Check),
        ModelUpdate = options.OptionalSection(RolloutOptions.Key, RolloutOptions.Read),
        ModelManifest = options.FilePath("ModelManifest", "For an .onnx file that says too little about itself: a JSON file with the missing keys of model.json."),
        Models = options.Section(ModelStoreOptions.Key, ModelStoreOptions.Read),
        LogLevel = options.OneOf("LogLevel", LogLevel.Information, "Least level that is logged. `debug` adds a line a second and camera, `trace` one a frame.",
            ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("information", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error)),
        Cameras = options.Map("Cameras", "Cameras by name; the name becomes part of MQTT topics.", camera => CameraOptions.Read(camera, uri => CheckUri(uri, camera.FullPath("."))), EntityName.Check),
        Inference = options.Section("Inference", OnnxOptions.Read),
        Outbox = options.Section("Outbox", OutboxOptions.Read),
        Mqtt = options.Section("Mqtt", MqttOptions.Read),
        Evidence = options.Section(EvidenceKeeping.Key, EvidenceKeeping.Read),
        Privacy = options.Section(PrivacyOptions.Key, PrivacyOptions.Read),
        Cloud = options.OptionalSection(CloudModelOptions.Key, CloudModelOptions.Read),
        HomeAssistant = options.Section(HomeAssistantOptions.Key, HomeAssistantOptions.Read),
        IotHub = options.Section(HubOptions.Key, HubOptions.Read),
        Webhooks = options.Map(WebhookOptions.Key, "Addresses that get events by HTTPS POST, by a name of your choice; each has its own place in the outbox.", WebhookOptions.Read, WebhookOptions.CheckName),
        Http = options.Section(HttpOptions.Key, HttpOptions.Read),
        Outputs = options.Map("Outputs", "GPIO lines that are switched by a rule, by a name of your choice: lamps, sirens, ejectors, a heartbeat.", OutputOptions.Read, EntityName.Check),
        StatusLight = options.OptionalSection("StatusLight", GpioOutputOptions.Read),
    };

    private void RefuseLinesWithTwoOwners(OptionsReader options)
    {
        var owners = new LineOwners(options);
        foreach (var (name, camera) in Cameras)
        {
            if (camera.Trigger is { } trigger) owners.Take($"Cameras:{name}:Trigger", trigger.Line.Line);
            if (camera.Trigger?.Strobe is { } strobe) owners.Take($"Cameras:{name}:Trigger:Strobe", strobe.Line.Line);
            if (camera.Gate is { } gate) owners.Take($"Cameras:{name}:Gate", gate.Line.Line, shared: gate);
        }

        foreach (var (name, output) in Outputs) owners.Take($"Outputs:{name}", output.Line.Line);
        if (StatusLight is { } light) owners.Take("StatusLight", light.Line);
    }

    /// <summary>Each has a thread that captures and one that looks.</summary>
    public const int MaxCameras = 64;

    /// <summary>The model that comes with EdgeVision.</summary>
    public const string BundledModel = "nanodet-g-416";

    private static string? CheckUri(string uri, string baseDirectory) => CameraUri.TryParse(uri, baseDirectory, out _, out var error) ? null : error;
}
