namespace EdgeVision.IntegrationTests.Mqtt.HomeAssistant;

public sealed class HomeAssistantOptionsTests
{
    public static TheoryData<string, string> Mistakes => new()
    {
        { """{"DiscoveryPrefix":"home/#"}""", "EdgeVision:HomeAssistant:DiscoveryPrefix: 'home/#' holds '#'" },
        { """{"DiscoveryPrefix":""}""", "EdgeVision:HomeAssistant:DiscoveryPrefix: '' is empty" },
        { """{"DiscoveryPrefix":"ha/{deviceId}"}""", "EdgeVision:HomeAssistant:DiscoveryPrefix: 'ha/{deviceId}' holds '{'" },
        { """{"Enabled":"perhaps"}""", "EdgeVision:HomeAssistant:Enabled: 'perhaps' is not true or false." },
        { """{"Occupancy":["a\u0007"]}""", "holds control characters; write the label as the model names it" },
        { """{"Counts":[""]}""", "has 0 characters; use 1 to 128" },
        { """{"Snapshots":true}""", "EdgeVision:HomeAssistant:Snapshots: unknown key; did you mean Snapshot?" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_said_with_its_path_and_the_fix(string section, string sentence) =>
        Assert.Contains(sentence, Assert.Single(Configuration.Read(section).Mistakes).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Everything_can_be_set()
    {
        var (options, mistakes) = Configuration.Read("""{"Enabled":true,"DiscoveryPrefix":"ha/plant","Occupancy":["forklift"],"Counts":["person","forklift"],"Snapshot":true}""");

        Assert.Empty(mistakes);
        Assert.Equal((true, "ha/plant", true), (options.Enabled, options.DiscoveryPrefix, options.Snapshot));
        Assert.Equal(["forklift"], options.Occupancy);
        Assert.Equal(["person", "forklift"], options.Counts);
    }
}
