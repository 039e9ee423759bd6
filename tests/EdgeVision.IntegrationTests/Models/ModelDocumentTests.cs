using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeVision.Models;

namespace EdgeVision.IntegrationTests.Models;

/// <summary>Every manifest in docs/models.md is one that the node and the schema take.</summary>
public sealed class ModelDocumentTests
{
    [Fact]
    public async Task Every_manifest_in_the_document_is_read_and_fits_the_schema()
    {
        var manifests = Manifests(await File.ReadAllTextAsync(Repository.PathOf("docs", "models.md"), TestContext.Current.CancellationToken));
        Assert.True(manifests.Count >= 10, "The document shows a manifest for each family.");
        Assert.All(manifests, static m => ModelManifest.Parse(Encoding.UTF8.GetBytes(m.ToJsonString()), "docs/models.md"));
        await SchemaJudge.AcceptsAsync("model.schema.json", [.. manifests.Select(static m => m.ToJsonString())]);
    }

    [Fact]
    public async Task Every_family_has_a_manifest_in_the_document()
    {
        var families = Manifests(await File.ReadAllTextAsync(Repository.PathOf("docs", "models.md"), TestContext.Current.CancellationToken)).Select(static m => m["family"]!.GetValue<string>()).ToHashSet();
        var schema = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathOf("schemas", "model.schema.json"), TestContext.Current.CancellationToken))!;
        var known = schema["properties"]!["family"]!["enum"]!.AsArray().Select(static f => f!.GetValue<string>());
        Assert.Equal(known.Order(), families.Order());
    }

    private static List<JsonObject> Manifests(string document) => [.. Regex.Matches(document, "```json\n(.*?)```", RegexOptions.Singleline)
        .Select(static m => m.Groups[1].Value).Where(static t => t.StartsWith('{')).Select(static t => JsonNode.Parse(t)!.AsObject())];
}
