using System.Text;
using EdgeVision.Module.Health;

namespace EdgeVision.IntegrationTests.Module.Health;

/// <summary>The table of metrics in docs/operations.md is what the page writes.</summary>
public sealed class MetricDocumentTests
{
    private const string Begin = "<!-- metrics: written by `UPDATE_DOCS=1 ./test.sh`, do not edit -->", End = "<!-- metrics end -->";

    [Fact]
    public async Task The_document_lists_every_metric()
    {
        var path = Repository.PathOf("docs", "operations.md");
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        Assert.True(begin >= 0 && end > begin, "docs/operations.md lost the lines around its table of metrics.");
        var table = new StringBuilder("\n\n| metric | kind | labels | what it says |\n|---|---|---|---|\n");
        foreach (var metric in Metrics.All) table.Append($"| `edgevision_{metric.Name}` | {metric.Kind} | {(metric.Labels.Length == 0 ? "–" : metric.Labels)} | {metric.Help} |\n");
        var expected = text[..(begin + Begin.Length)] + table + "\n" + text[end..];

        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") await File.WriteAllTextAsync(path, expected, TestContext.Current.CancellationToken);
        else Assert.True(expected == text, "docs/operations.md does not list what /metrics writes; run UPDATE_DOCS=1 ./test.sh and commit the result.");
    }
}
