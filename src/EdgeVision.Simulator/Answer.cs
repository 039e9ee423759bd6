using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeVision.Simulator;

/// <summary>Of an HTTP call.</summary>
/// <param name="Body">Null with an empty body.</param>
internal sealed record Answer(int Status, byte[]? Body, string ContentType)
{
    // For grep and curl: + is written as +, and not as the number of its character. Nobody puts these answers into a page.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a refusal says.</summary>
    public string? Message { get; private init; }

    public static Answer Empty { get; } = new(204, null, "");

    public static Answer Ok(JsonNode body) => Json(200, body);

    public static Answer Text(string text) => new(200, Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");

    public static Answer Json(int status, JsonNode body) => new(status, Encoding.UTF8.GetBytes(body.ToJsonString(Plain)), "application/json");

    public static Answer Error(int status, string message) => Json(status, new JsonObject { ["message"] = message }) with { Message = message };
}
