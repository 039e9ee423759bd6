using System.Text;
using EdgeVision.Configuration;
using EdgeVision.Module;

namespace EdgeVision.IntegrationTests.Module;

public sealed class ConfigurationDocumentTests
{
    private const string Begin = "<!-- keys: written by `UPDATE_DOCS=1 ./test.sh`, do not edit -->";

    private static readonly string Document = Repository.PathOf("docs", "configuration.md");

    [Fact]
    public async Task The_document_lists_every_key_as_the_code_reads_it()
    {
        var text = await File.ReadAllTextAsync(Document, TestContext.Current.CancellationToken);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        Assert.True(begin >= 0, $"docs/configuration.md lost its line '{Begin}'.");
        var expected = text[..begin] + Begin + "\n\n" + Render(OptionsReading.Describe(EdgeVisionOptions.Read));

        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") await File.WriteAllTextAsync(Document, expected, TestContext.Current.CancellationToken);
        else Assert.True(expected == text, "docs/configuration.md is not what the code reads; run UPDATE_DOCS=1 ./test.sh and commit the result.");
    }

    [Fact]
    public void Every_key_says_what_it_does()
    {
        foreach (var key in OptionsReading.Describe(EdgeVisionOptions.Read))
        {
            Assert.EndsWith(".", key.Text, StringComparison.Ordinal);
            Assert.DoesNotContain('|', key.Text);
        }
    }

    private static string Render(IReadOnlyList<OptionKey> keys)
    {
        var text = new StringBuilder();
        var section = "";
        foreach (var key in keys.OrderBy(k => Section(k.Path).Count(c => c == ':')).ThenBy(k => Section(k.Path), StringComparer.Ordinal))
        {
            if (Section(key.Path) != section)
            {
                section = Section(key.Path);
                text.Append($"### {section.Replace("<", "\\<", StringComparison.Ordinal)}\n\n| key | type | default | range | what it does |\n|---|---|---|---|---|\n");
            }

            var isLast = key == keys.Where(k => Section(k.Path) == section).Last();
            text.Append($"| `{key.Path[(section.Length + 1)..]}` | {key.Type} | {(key.Default is null ? "–" : $"`{key.Default}`")} | {key.Range ?? "–"} | {key.Text} |\n");
            if (isLast) text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string Section(string path) => path[..path.LastIndexOf(':')];
}
