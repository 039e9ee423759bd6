using System.Text;
using EdgeVision.Cloud;
using EdgeVision.Configuration;
using EdgeVision.Models;
using EdgeVision.Module;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>The tables of keys in docs are what the code reads.</summary>
public sealed class KeyDocumentTests
{
    private const string Begin = "<!-- keys: written by `UPDATE_DOCS=1 ./test.sh`, do not edit -->";

    public static TheoryData<string> Documents => ["configuration.md", "models.md", "cloud-server.md"];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task The_document_lists_every_key_as_the_code_reads_it(string document)
    {
        var path = Repository.PathOf("docs", document);
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        Assert.True(begin >= 0, $"docs/{document} lost its line '{Begin}'.");
        var expected = text[..begin] + Begin + "\n\n" + Render(Keys(document));

        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") await File.WriteAllTextAsync(path, expected, TestContext.Current.CancellationToken);
        else Assert.True(expected == text, $"docs/{document} is not what the code reads; run UPDATE_DOCS=1 ./test.sh and commit the result.");
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_key_says_what_it_does(string document)
    {
        foreach (var key in Keys(document))
        {
            Assert.EndsWith(".", key.Text, StringComparison.Ordinal);
            Assert.DoesNotContain('|', key.Text);
        }
    }

    [Fact]
    public async Task The_example_in_the_model_document_is_the_bundled_manifest()
    {
        var text = await File.ReadAllTextAsync(Repository.PathOf("docs", "models.md"), TestContext.Current.CancellationToken);
        var manifest = await File.ReadAllTextAsync(Path.Combine(Repository.BundledModel, ModelPackage.ManifestName), TestContext.Current.CancellationToken);
        Assert.Contains($"```json\n{manifest}```\n", text, StringComparison.Ordinal);
    }

    private static IReadOnlyList<OptionKey> Keys(string document) => document switch
    {
        "models.md" => OptionsReading.Describe(ModelManifest.Read, ModelPackage.ManifestName),
        "cloud-server.md" => OptionsReading.Describe(CloudOptions.Read),
        _ => OptionsReading.Describe(EdgeVisionOptions.Read),
    };

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
