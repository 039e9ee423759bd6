using EdgeVision.Configuration;
using EdgeVision.Events.Presets;
using EdgeVision.Module;
using EdgeVision.Mqtt;

namespace EdgeVision.IntegrationTests.Mqtt;

public sealed class MqttAlsoOptionsTests
{
    public static TheoryData<string, string, string> Shared => new()
    {
        { "the main one", "edgevision/{deviceId}", "Also:lite:TopicPrefix" },
        { "within the main one", "edgevision/{deviceId}/lite", "Also:lite:TopicPrefix" },
        { "around the main one", "edgevision", "Also:lite:TopicPrefix" },
        { "another's", "ava/{deviceId}", "Also:other:TopicPrefix" },
    };

    [Fact]
    public void Another_prefix_has_its_shape_and_its_client()
    {
        var (options, mistakes) = Read("""{"lite":{"Preset":"compact","TopicPrefix":"edgevision-lite/{deviceId}","ContentMode":"binary"},"other":{"TopicPrefix":"ava/{deviceId}","Preset":"ava"}}""");

        Assert.Empty(mistakes);
        var lite = options.For("lite", "edgevision-gate-7");
        Assert.Equal((EventPreset.Compact, "edgevision-lite/{deviceId}", MqttContentMode.Binary, "edgevision-gate-7-lite"), (lite.Preset, lite.TopicPrefix, lite.ContentMode, lite.ClientId));
        Assert.Equal(lite, options.For("lite", "edgevision-gate-7"));
        Assert.Equal((EventPreset.EdgeVision, MqttContentMode.Structured), (options.Preset, options.ContentMode));
        Assert.NotEqual(options.Alone(), lite);
    }

    [Theory]
    [MemberData(nameof(Shared))]
    public void Prefixes_that_share_topics_are_refused(string which, string prefix, string key)
    {
        var (_, mistakes) = Read($$$"""{"lite":{"Preset":"compact","TopicPrefix":"{{{prefix}}}"},"other":{"TopicPrefix":"ava/{deviceId}","Preset":"ava"}}""");

        var mistake = Assert.Single(mistakes);
        Assert.True(mistake.Path.EndsWith(key, StringComparison.Ordinal), $"{which}: {mistake}");
        Assert.Contains("share topics", mistake.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("edgevision/gate-7", true)]
    [InlineData("edgevision/gate-7/lite", true)]
    [InlineData("edgevision/gate-70", false)]
    [InlineData("lite/{deviceId}", false)]
    public void Prefixes_that_meet_once_the_id_of_the_node_stands_in_them_are_refused(string prefix, bool isRefused)
    {
        var json = """{"EdgeVision":{"Node":"gate-7","Mqtt":{"Also":{"lite":{"Preset":"compact","TopicPrefix":"PREFIX"}}}}}""".Replace("PREFIX", prefix, StringComparison.Ordinal);
        var tree = ConfigurationTree.Parse(System.Text.Encoding.UTF8.GetBytes(json), "test.json", "/", out _)!;

        var shared = OptionsReading.Read(tree, EdgeVisionOptions.Read).Mistakes.Where(m => m.Text.Contains("share topics", StringComparison.Ordinal)).ToList();

        Assert.Equal(isRefused ? ["EdgeVision:Mqtt:Also:lite:TopicPrefix"] : [], shared.Select(m => m.Path));
    }

    [Fact]
    public void A_prefix_is_asked_for_and_names_are_checked()
    {
        var (_, mistakes) = Read("""{"lite":{"Preset":"compcat"},"a/b":{"TopicPrefix":"x"}}""");

        Assert.Equal(3, mistakes.Count);
    }

    private static (MqttOptions Options, IReadOnlyList<ConfigurationMistake> Mistakes) Read(string also)
    {
        var tree = ConfigurationTree.Parse(System.Text.Encoding.UTF8.GetBytes($$$$"""{"EdgeVision":{"Mqtt":{"Also":{{{{also}}}}}}}"""), "test.json", "/", out var error) ?? throw new InvalidOperationException(error);
        return OptionsReading.Read(tree, static root => root.Section(MqttOptions.Key, MqttOptions.Read));
    }
}
