using System.Text.Json.Nodes;

namespace EdgeVision.Simulator;

/// <summary>Of an HTTP call; a null body is an empty one.</summary>
internal sealed record Answer(int Status, JsonNode? Body)
{
    public static Answer Ok(JsonNode? body) => new(200, body);

    public static Answer Error(int status, string message) => new(status, new JsonObject { ["message"] = message });
}
