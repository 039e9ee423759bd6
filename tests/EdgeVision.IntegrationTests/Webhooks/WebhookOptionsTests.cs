using EdgeVision.Configuration;
using EdgeVision.Module.Webhooks;

namespace EdgeVision.IntegrationTests.Webhooks;

public sealed class WebhookOptionsTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "", "is empty" },
        { "plant", "is no address" },
        { "ftp://plant/x", "is no address" },
        { "http://plant.example/x", "is not encrypted" },
        { "http://127.0.0.1.plant.example/x", "is not encrypted" },
        { "https://me:geheim@plant.example/x", "holds a user or password" },
    };

    [Theory]
    [InlineData("https://plant.example/hook")]
    [InlineData("http://127.0.0.1:8080/hook")]
    [InlineData("http://[::1]:8080/")]
    [InlineData("http://localhost/hook")]
    public void An_address_is_https_or_on_loopback(string url)
    {
        var (options, mistakes) = Read($$"""{"Url":"{{url}}"}""");

        Assert.Empty(mistakes);
        Assert.Equal(new Uri(url), options.Url);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_address_is_one_sentence_without_the_password(string url, string part)
    {
        var (_, mistakes) = Read($$"""{"Url":"{{url}}"}""");

        var mistake = Assert.Single(mistakes);
        Assert.Contains(part, mistake.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", mistake.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_in_the_file_is_refused_and_never_shown()
    {
        var (options, mistakes) = Read("""{"Url":"https://plant.example/","Secret":"geheim"}""");

        Assert.DoesNotContain("geheim", Assert.Single(mistakes).Text, StringComparison.Ordinal);
        Assert.Null(options.Secret);
        Assert.DoesNotContain("geheim", (options with { Secret = "geheim" }).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("key", (options with { Url = new Uri("https://plant.example/?key=1") }).ToString(), StringComparison.Ordinal);
    }

    private static (WebhookOptions Options, IReadOnlyList<ConfigurationMistake> Mistakes) Read(string json)
    {
        var tree = ConfigurationTree.Parse(System.Text.Encoding.UTF8.GetBytes($$$"""{"EdgeVision":{"Webhook":{{{json}}}}}"""), "test.json", "/", out var error) ?? throw new InvalidOperationException(error);
        return OptionsReading.Read(tree, static root => root.Section("Webhook", WebhookOptions.Read));
    }
}
