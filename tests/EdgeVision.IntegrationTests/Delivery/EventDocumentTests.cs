using System.Text.Json.Nodes;

namespace EdgeVision.IntegrationTests.Delivery;

/// <summary>docs/events.md beside schemas/events.v1.schema.json. That the product writes what the document shows is tested beside <c>VisionEventJson</c>.</summary>
public sealed class EventDocumentTests
{
    [Fact]
    public async Task Every_example_fits_the_schema()
    {
        var examples = Examples();
        Assert.InRange(examples.Count, 12, 100);
        await SchemaJudge.AcceptsAsync("events.v1.schema.json", examples.Select(static e => e.ToJsonString()));
    }

    [Fact]
    public async Task And_would_not_without_one_of_its_fields()
    {
        foreach (var example in Examples().Where(static e => e["data"]!["kind"] is not null || e["data"]!["state"] is not null))
        {
            var data = example["data"]!.AsObject();
            data.Remove(data.ContainsKey("kind") ? "kind" : "state");
            var (code, said) = await SchemaJudge.JudgeAsync("events.v1.schema.json", [example.ToJsonString()]);
            Assert.True(code == 1, $"{example.ToJsonString()} {said}");
        }
    }

    /// <summary>The frame as it stands there, and of the other families the data in an envelope of their own.</summary>
    private static List<JsonObject> Examples()
    {
        var document = File.ReadAllText(Repository.PathOf("docs", "events.md"));
        var begin = document.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;
        var frame = JsonNode.Parse(document[begin..document.IndexOf("```", begin, StringComparison.Ordinal)])!.AsObject();
        return [frame, .. document.Split('\n').Where(static l => l.StartsWith("{ \"camera\"", StringComparison.Ordinal) || l.StartsWith("{ \"kind\"", StringComparison.Ordinal)).Select(l => Envelope(frame, l))];
    }

    private static JsonObject Envelope(JsonObject frame, string line)
    {
        var (whole, data) = (frame.DeepClone().AsObject(), JsonNode.Parse(line)!.AsObject());
        var family = data.ContainsKey("trigger") ? "rule" : data.ContainsKey("camera") ? "camera" : "system";
        whole["type"] = $"io.edgevision.{family}.v1";
        whole["dataschema"] = $"urn:edgevision:schema:event:v1#/$defs/{family}";
        if (family == "system")
        {
            whole["subject"] = "node";
            whole.Remove("camerasequence");
        }

        foreach (var shared in (string[])["node", "configVersion", "clock", "origin"]) data[shared] = frame["data"]![shared]!.DeepClone();
        whole["data"] = data;
        return whole;
    }
}
