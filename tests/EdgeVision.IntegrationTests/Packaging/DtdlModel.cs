using System.Text.Json.Nodes;
using EdgeVision.Configuration;
using EdgeVision.Module;
using EdgeVision.Rollout;
using static EdgeVision.IntegrationTests.Packaging.DtdlSchemas;

namespace EdgeVision.IntegrationTests.Packaging;

/// <summary>The Plug and Play model of the module, made of what the product says of itself: its keys, its event schema, its commands.</summary>
internal static class DtdlModel
{
    public const string Id = "dtmi:io:edgevision:EdgeVision;1";

    /// <summary>Read at the start only, so the twin refuses them (docs/configuration.md).</summary>
    public static readonly string[] StartOnly = ["Node", "DataDirectory", "Models", "Outbox", "IotHub", "Http"];

    private static readonly string[] Families = ["frame", "camera", "rule", "system"];

    private static readonly string[] Levels = ["trace", "debug", "information", "warning", "error"];

    private static readonly string[] Phases = [.. System.Enum.GetValues<RolloutPhase>().Select(RolloutStateJson.WordOf)];

    public static JsonNode Make()
    {
        var contents = new JsonArray();
        foreach (var telemetry in Families.Select(Telemetry)) contents.Add(telemetry);
        foreach (var property in WritableProperties().Concat(ReadOnlyProperties())) contents.Add(property);
        foreach (var command in Commands()) contents.Add(command);
        return new JsonObject
        {
            ["@context"] = "dtmi:dtdl:context;3",
            ["@id"] = Id,
            ["@type"] = "Interface",
            ["displayName"] = "EdgeVision",
            ["description"] = "Camera node: detects on the device. Telemetry is named by family: a message is a JSON array of CloudEvents of one family, whose data is described here.",
            ["contents"] = contents,
        };
    }

    private static JsonNode Telemetry(string family)
    {
        var events = Deployment.Read("schemas", "events.v1.schema.json");
        var schema = events["$defs"]![family]!;
        return Content("Telemetry", family, (string)schema["title"]!, OfJsonSchema(events, schema));
    }

    private static IEnumerable<JsonNode> WritableProperties()
    {
        var keys = OptionsReading.Describe(EdgeVisionOptions.Read);
        foreach (var name in NamesBelow(keys, ConfigurationTree.RootKey).Except(StartOnly))
        {
            var path = $"{ConfigurationTree.RootKey}:{name}";
            var property = Content("Property", name, Brief(keys.FirstOrDefault(k => k.Path == path)?.Text ?? $"The section {name} of docs/configuration.md."), OfKeys(keys, path));
            property["writable"] = true;
            yield return property;
        }
    }

    private static IEnumerable<JsonNode> ReadOnlyProperties() =>
    [
        Content("Property", "version", "Of the product.", "string"),
        Content("Property", "config", "Which configuration is in force, and what became of the last change.", Object(
            ("version", "string"), ("desired", "long"), ("state", Enum("local", "accepted", "rejected")), ("errors", Array("string")))),
        Content("Property", "status", "How the node is: changes when something happened, no counters, no times.", Object(
            ("state", Enum("ok", "degraded", "starting")),
            ("cameras", Map("camera", Enum("starting", "running", "paused", "lost", "ended"))),
            ("sinks", Map("sink", Enum("ok", "failing"))),
            ("model", Object(("name", "string"), ("version", "string"), ("sha256", "string"))),
            ("modelUpdate", Object(("phase", Enum(Phases)), ("target", "string"), ("reason", "string"))),
            ("lastError", "string"))),
    ];

    private static IEnumerable<JsonNode> Commands() =>
    [
        Command("ping", "Whether the module answers.", Object(("message", "string")), Object(("time", "dateTime"), ("version", "string"), ("message", "string"))),
        Command("getStatus", "How the node is, with counters.", null, Object(
            ("time", "dateTime"), ("version", "string"), ("device", "string"), ("module", "string"), ("configVersion", "string"), ("uptimeSeconds", "long"), ("logLevel", Enum(Levels)),
            ("model", Object(("name", "string"), ("version", "string"), ("sha256", "string"))),
            ("modelUpdate", Object(("phase", Enum(Phases)), ("target", "string"), ("candidate", "string"), ("reason", "string"))),
            ("cameras", Map("camera", Object(("state", Enum("starting", "running", "paused", "lost", "ended")), ("reason", "string"), ("retryInMs", "long"), ("fps", "double"),
                ("captured", "long"), ("frames", "long"), ("dropped", "long"), ("skipped", "long"), ("gated", "long"), ("events", "long")))),
            ("sinks", Map("sink", Object(("depth", "long"), ("failing", "boolean"), ("accepted", "long"), ("rejected", "long")))),
            ("outbox", Object(("writable", "boolean"), ("held", "long"), ("lastSequence", "long"))),
            ("link", Object(("state", Enum("connecting", "connected", "waiting")), ("since", "dateTime"), ("connects", "long"), ("reason", "string"))))),
        Command("snapshot", "The next frame as a JPEG in the data folder; in the answer, too, when it is small.", Object(("camera", "string"), ("width", "integer"), ("quality", "integer")),
            Object(("camera", "string"), ("reference", "string"), ("sha256", "string"), ("width", "integer"), ("height", "integer"), ("bytes", "long"), ("capturedAt", "dateTime"), ("image", "string"))),
        Command("detectNow", "What the next frame shows.", Object(("camera", "string")), Object(
            ("camera", "string"), ("capturedAt", "dateTime"), ("event", "string"), ("width", "integer"), ("height", "integer"), ("objects", Objects()),
            ("timingsMs", Object(("preprocess", "double"), ("infer", "double"), ("postprocess", "double"))))),
        Command("pauseCamera", "Its frames are not looked at until it is resumed.", Object(("camera", "string"), ("paused", "boolean")), CameraState()),
        Command("resumeCamera", "Ends the pause.", Object(("camera", "string")), CameraState()),
        Command("reloadModel", "The configured model from its files as they are now.", null, null),
        Command("updateModel", "Fetches, tests and watches a model; `status` says how far it is.", OfKeys(OptionsReading.Describe(EdgeVisionOptions.Read), $"{ConfigurationTree.RootKey}:{RolloutOptions.Key}"), Object(("target", "string"))),
        Command("setLogLevel", "For some minutes (60), or with 0 until the restart.", Object(("level", Enum(Levels)), ("minutes", "integer")), Object(
            ("level", Enum(Levels)), ("configured", Enum(Levels)), ("until", "dateTime"))),
        Command("getLogs", "The newest lines, secrets masked.", Object(("lines", "integer"), ("level", Enum(Levels))), Object(
            ("level", Enum(Levels)), ("truncated", "boolean"), ("lines", Array(Object(("time", "dateTime"), ("level", Enum(Levels)), ("category", "string"), ("text", "string")))))),
        Command("diagnose", "The doctor's checks; 202 when they take longer than the caller waits.", Object(("wait", "boolean")), null),
        Command("pulseOutput", "Switches an output on for so long.", Object(("output", "string"), ("ms", "integer")), Object(("output", "string"), ("ms", "integer"))),
    ];

    private static JsonNode CameraState() => Object(("camera", "string"), ("state", "string"), ("changed", "boolean"));

    private static JsonNode Objects()
    {
        var events = Deployment.Read("schemas", "events.v1.schema.json");
        return Array(OfJsonSchema(events, events["$defs"]!["object"]!));
    }

    private static JsonObject Content(string type, string name, string text, JsonNode schema) =>
        new() { ["@type"] = type, ["name"] = name, ["description"] = text, ["schema"] = schema };

    private static JsonObject Command(string name, string text, JsonNode? request, JsonNode? response)
    {
        var command = new JsonObject { ["@type"] = "Command", ["name"] = name, ["description"] = text };
        if (request is not null) command["request"] = new JsonObject { ["name"] = "arguments", ["schema"] = request };
        if (response is not null) command["response"] = new JsonObject { ["name"] = "answer", ["schema"] = response };
        return command;
    }
}
