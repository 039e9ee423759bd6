using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeVision.Azure.Hub;
using EdgeVision.Configuration;
using EdgeVision.Module;

namespace EdgeVision.IntegrationTests.Packaging;

/// <summary>docs/azure.md says what is there, and its figures follow from its formula.</summary>
public sealed partial class AzureDocumentTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs", "azure.md"));

    [Fact]
    public void Every_top_level_key_is_in_the_table_of_the_twin()
    {
        var table = Between("## Desired properties", "## Reported properties");
        foreach (var name in DtdlSchemas.NamesBelow(OptionsReading.Describe(EdgeVisionOptions.Read), ConfigurationTree.RootKey))
            Assert.Contains($"`{name}`", table, StringComparison.Ordinal);
        var refused = table.Split('\n').Single(l => l.Contains("**refused**", StringComparison.Ordinal));
        Assert.All(DtdlModel.StartOnly, name => Assert.Contains($"`{name}`", refused, StringComparison.Ordinal));
    }

    [Fact]
    public void Links_lead_to_files()
    {
        foreach (Match link in Link().Matches(Page))
        {
            var target = link.Groups[1].Value;
            if (!target.StartsWith("https:", StringComparison.Ordinal)) Assert.True(Path.Exists(Repository.PathOf("docs", target)), target);
        }
    }

    [Fact]
    public void Examples_in_JSON_are_JSON()
    {
        var examples = Json().Matches(Page).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(examples);
        Assert.All(examples, text => Assert.NotNull(JsonNode.Parse(text)));
    }

    [Fact]
    public void The_count_behind_the_cost_follows_from_the_formula()
    {
        const int objects = 3, perUnit = 400_000;
        var bytes = 761 + 121 * objects;
        var packed = (TelemetryMessage.MeteringBlock - 150) / bytes;
        Assert.Contains($"frames with three objects ({Said(bytes)} B, three to a message)", Page, StringComparison.Ordinal);
        Assert.Equal(3, packed);

        foreach (var (label, perDay) in new[] { ("1 a second", 86_400L), ("5 a second", 432_000L), ("10 a second", 864_000L) })
        {
            var row = Page.Split('\n').Single(l => l.StartsWith($"| {label} ", StringComparison.Ordinal));
            Assert.Contains($"| {Said(perDay / packed)} … {Said(perDay)} | {Said(30 * perDay / packed)} … {Said(30 * perDay)} | {perUnit * packed / perDay} … {perUnit / perDay} |", row, StringComparison.Ordinal);
        }

        Assert.Contains($"| {Said(24 * 60)} | {Said(30 * 24 * 60)} | {perUnit / (24 * 60)} |", Page, StringComparison.Ordinal);
    }

    private static string Said(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Between(string begin, string end)
    {
        var from = Page.IndexOf(begin, StringComparison.Ordinal);
        return Page[from..Page.IndexOf(end, from, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"\]\(([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Json();
}
