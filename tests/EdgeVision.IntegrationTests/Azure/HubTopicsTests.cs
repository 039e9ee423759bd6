using CsCheck;
using EdgeVision.Azure.Hub;
using EdgeVision.Azure.Identity;

namespace EdgeVision.IntegrationTests.Azure;

public sealed class HubTopicsTests
{
    private static readonly HubTopics Module = new(new HubIdentity("h", "dev1", "vision", null)), Device = new(new HubIdentity("h", "dev1", null, null));

    [Fact]
    public void Telemetry_has_its_properties_in_the_topic()
    {
        Assert.Equal(
            "devices/dev1/modules/vision/messages/events/%24.mid=a1&%24.on=events&camera=gate%20%231%20%2B%2050%25%20%C3%A9%2Fx%3Dy",
            Module.Telemetry(("$.mid", "a1"), ("$.on", "events"), ("camera", "gate #1 + 50% é/x=y")));
        Assert.Equal("devices/dev1/messages/events/", Device.Telemetry());
    }

    [Fact]
    public void Any_property_comes_back_as_it_was_and_never_breaks_the_topic()
    {
        var text = Gen.String[Gen.Char, 0, 40].Where(t => !t.Any(char.IsSurrogate));
        Gen.Select(text.Where(t => t.Length > 0), text).Array[0, 6].Sample(pairs =>
        {
            var properties = pairs.DistinctBy(p => p.Item1).ToArray();
            var topic = Module.Telemetry([.. properties]);
            var bag = topic["devices/dev1/modules/vision/messages/events/".Length..];
            return !bag.AsSpan().ContainsAny("#+/ ") && PropertyBag.Read(bag).OrderBy(p => p.Key, StringComparer.Ordinal)
                .SequenceEqual(properties.Select(p => KeyValuePair.Create(p.Item1, p.Item2)).OrderBy(p => p.Key, StringComparer.Ordinal));
        });
    }

    /// <summary>The simulator's parser is another one, and stricter than any edgeHub: what it understands is not lost in silence.</summary>
    [Fact]
    public void Whatever_is_told_an_edgeHub_understands_the_topic()
    {
        var text = Gen.String[Gen.Frequency((4, Gen.Char["#+/%&=?$ .\"\\'\0\ud83déß€"]), (3, Gen.Char.AlphaNumeric), (1, Gen.Char)), 0, 30];
        var id = Gen.String[Gen.Char["abcXYZ019-:.%_*?!(),=@$'"], 1, 128];
        Gen.Select(id, id, Gen.Select(text.Where(t => t.Length > 0), text).Array[0, 6]).Sample((device, module, pairs) =>
        {
            var identity = new HubIdentity("h", device, module, null);
            Assert.Null(identity.Check());
            var properties = pairs.DistinctBy(p => AsUnicode(p.Item1)).ToArray();
            var topic = new HubTopics(identity).Telemetry([.. properties]);

            Assert.False(topic.AsSpan().ContainsAny("#+"), topic);
            Assert.True(EdgeVision.Simulator.Hub.HubTopic.IsTelemetry(topic, new EdgeVision.Simulator.ModuleIdentity(device, module), out var bag), topic);
            Assert.True(EdgeVision.Simulator.Hub.PropertyBag.TryParse(bag, out var read, out var error), error);
            Assert.Equal(properties.ToDictionary(p => AsUnicode(p.Item1), p => AsUnicode(p.Item2)), read.ToDictionary(p => p.Key, p => p.Value!));
        });

        // Half of a surrogate pair is no text; what a topic can carry of it is the replacement character.
        static string AsUnicode(string t) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(t));
    }

    [Fact]
    public void A_property_twice_or_without_a_name_is_refused_for_a_hub_would_lose_the_message_in_silence()
    {
        Assert.Throws<ArgumentException>(() => Module.Telemetry(("$.on", "a"), ("$.on", "b")));
        Assert.Throws<ArgumentException>(() => Module.Telemetry(("", "a")));
    }

    [Theory]
    [InlineData("$iothub/twin/res/200/?$rid=7", "TwinAnswer { Status = 200, Request = 7, Version =  }")]
    [InlineData("$iothub/twin/res/204/?$rid=8&$version=12", "TwinAnswer { Status = 204, Request = 8, Version = 12 }")]
    [InlineData("$iothub/twin/PATCH/properties/desired/?$version=3", "DesiredPatch { Version = 3 }")]
    [InlineData("$iothub/methods/POST/snapshot/?$rid=a%20b", "Method { Name = snapshot, Request = a b }")]
    [InlineData("$iothub/twin/res/200/?$rid=x", null)]
    [InlineData("$iothub/twin/res/-1/?$rid=7", null)]
    [InlineData("$iothub/twin/res/200", null)]
    [InlineData("$iothub/methods/POST/snapshot", null)]
    [InlineData("$iothub/methods/POST//?$rid=1", null)]
    [InlineData("devices/dev2/modules/vision/inputs/commands/", null)]
    [InlineData("devices/dev1/modules/vision/inputs/", null)]
    [InlineData("", null)]
    public void What_a_hub_sends_is_told_by_its_topic(string topic, string? expected) => Assert.Equal(expected, Module.Read(topic)?.ToString());

    [Fact]
    public void An_input_comes_with_its_properties_and_a_device_has_none()
    {
        var input = Assert.IsType<HubArrival.Input>(Module.Read("devices/dev1/modules/vision/inputs/commands/%24.cdid=dev1&%24.cmid=other&a=b%20c/"));

        Assert.Equal("commands", input.Name);
        Assert.Equal(["$.cdid=dev1", "$.cmid=other", "a=b c"], input.Properties.Select(p => $"{p.Key}={p.Value}").Order(StringComparer.Ordinal));
        Assert.Null(Device.Inputs);
        Assert.Null(Device.Read("devices/dev1/modules/vision/inputs/commands/"));
        Assert.Equal("devices/dev1/modules/vision/inputs/#", Module.Inputs);
    }

    [Fact]
    public void No_topic_makes_it_crash()
    {
        string[] pieces = ["$iothub/", "twin/res/", "methods/POST/", "twin/PATCH/properties/desired/", "devices/dev1/modules/vision/inputs/", "200", "/", "?", "$rid=", "$version=", "&", "=", "%", "%2", "%ff", "99999999999999999999", "a", "\0", "é"];
        var random = new Random(7);
        for (var i = 0; i < 100_000; i++) Module.Read(string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => pieces[random.Next(pieces.Length)])));
    }
}
