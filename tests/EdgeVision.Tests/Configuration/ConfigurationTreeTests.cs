using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Configuration;

namespace EdgeVision.Tests.Configuration;

public sealed class ConfigurationTreeTests
{
    [Fact]
    public void A_layer_merges_without_regard_to_case_and_the_tree_below_stays_as_it_is()
    {
        var below = Tree("""{ "Cameras": { "door": { "Uri": "a", "MaxFps": 3 } }, "List": [1, 2] }""");

        var above = below.With(Layer("""{ "cameras": { "Door": { "maxfps": 5 }, "yard": { "Uri": "b" } }, "LIST": [3] }"""));

        Assert.Equal("""{"Cameras":{"door":{"Uri":"a","MaxFps":5},"yard":{"Uri":"b"}},"List":[3]}""", above.Root.ToJsonString());
        Assert.Equal("""{"Cameras":{"door":{"Uri":"a","MaxFps":3}},"List":[1,2]}""", below.Root.ToJsonString());
        Assert.NotEqual(below.Fingerprint(), above.Fingerprint());
    }

    [Fact]
    public void What_a_layer_replaces_is_no_longer_the_environments()
    {
        var below = Tree("{}");
        below.OverlayEnvironment([KeyValuePair.Create("EDGEVISION__MQTT__PASSWORD", "secret"), KeyValuePair.Create("EDGEVISION__MQTT__USER", "u"), KeyValuePair.Create("EDGEVISION__NODE", "n")]);

        var above = below.With(Layer("""{ "Mqtt": { "Password": "x" } }"""));
        var whole = below.With(Layer("""{ "Mqtt": 1 }"""));

        Assert.Equal((false, true, true), (above.IsFromEnvironment("Mqtt:Password"), above.IsFromEnvironment("Mqtt:User"), above.IsFromEnvironment("Node")));
        Assert.False(whole.IsFromEnvironment("Mqtt:User"));
        Assert.True(below.IsFromEnvironment("Mqtt:Password"));
    }

    private static ConfigurationTree Tree(string json) => ConfigurationTree.Parse(Encoding.UTF8.GetBytes($$"""{ "EdgeVision": {{json}} }"""), "test", "/", out _)!;

    private static JsonObject Layer(string json) => JsonNode.Parse(json)!.AsObject();
}
