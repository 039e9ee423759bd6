using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.Azure.Identity;
using EdgeVision.Module;
using EdgeVision.Module.Commands;
using EdgeVision.Module.Live;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Module.Live;

public sealed class LiveSettingsTests : IDisposable
{
    private static readonly HubIdentity Us = new("hub.azure-devices.net", "dev1", "vision", null);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_layer_merges_into_the_file_and_the_file_stays_below()
    {
        var live = Live("""{ "Cameras": { "door": { "Uri": "test:pattern", "MaxFps": 3 }, "yard": { "Uri": "test:pattern" } } }""");

        var (next, mistakes) = live.Try(Json("""{ "cameras": { "Door": { "MaxFps": 7 }, "yard": { "Enabled": false }, "gate": { "Uri": "test:pattern" } } }"""));

        Assert.Empty(mistakes);
        Assert.Equal(["door", "gate"], next!.Options.Cameras.Keys);
        Assert.Equal(("test:pattern", 7.0), (next.Options.Cameras["door"].Uri, next.Options.Cameras["door"].MaxFps));
        Assert.NotEqual(live.Current.Version, next.Version);
        Assert.Equal(["door", "yard"], live.Current.Options.Cameras.Keys);
    }

    public static TheoryData<string, string, string> Refused => new()
    {
        { "who the node is", """{ "Node": "x" }""", "EdgeVision:Node: is read at the start only" },
        { "the link itself", """{ "IotHub": { "Port": 1 } }""", "EdgeVision:IotHub: is read at the start only" },
        { "an unknown key", """{ "Camreas": {} }""", "did you mean Cameras" },
        { "a secret", """{ "Mqtt": { "Host": "b", "User": "u", "Password": "p" } }""", "a secret stands in the configuration" },
        { "a secret over the environment's", """{ "Cameras": { "door": { "Uri": "rtsp://u@h/s", "Password": "p" } } }""", "a secret stands in the configuration" },
        { "a camera without an address", """{ "Cameras": { "gate": {} } }""", "EdgeVision:Cameras:gate:Uri" },
        { "a value in the place of a section", """{ "Cameras": 3 }""", "EdgeVision:Cameras" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_wrong_is_told_with_its_path_and_nothing_changes(string row, string layer, string part)
    {
        Assert.NotEmpty(row);
        var live = Live("""{ "Cameras": { "door": { "Uri": "rtsp://u@h/s" } } }""", ("EDGEVISION__CAMERAS__DOOR__PASSWORD", "secret"));

        var (next, mistakes) = live.Try(Json(layer));

        Assert.Null(next);
        Assert.Contains(part, string.Join(" ", mistakes), StringComparison.Ordinal);
        Assert.Null(live.Accepted);
    }

    [Fact]
    public void A_wrong_key_of_the_first_level_names_itself_whatever_its_length()
    {
        var (_, mistakes) = Live("{}").Try(new JsonObject { [new string('x', 1000)] = 1 });
        Assert.InRange($"{Assert.Single(mistakes)}".Length, 1, 1500);
    }

    [Fact]
    public void The_last_accepted_layer_is_in_force_after_a_restart_without_a_link()
    {
        var live = Live("{}");
        var layer = new DesiredProperties(Json("""{ "Cameras": { "gate": { "Uri": "test:pattern" } } }"""), 12);
        live.Accept(live.Try(layer.Properties).Next!, layer);

        var again = Live("{}");

        Assert.Equal(("gate", 12L, live.Current.Version), (Assert.Single(again.Current.Options.Cameras).Key, again.Accepted!.Version, again.Current.Version));
    }

    public static TheoryData<string, string> Files => new()
    {
        { "cut off", """{"module":"dev1/vis""" },
        { "empty", "" },
        { "another module's", """{"module":"dev2/vision","hub":"hub.azure-devices.net","version":1,"desired":{"Cameras":{"gate":{"Uri":"test:pattern"}}}}""" },
        { "no version", """{"module":"dev1/vision","hub":"hub.azure-devices.net","desired":{}}""" },
        { "fits no more", """{"module":"dev1/vision","hub":"hub.azure-devices.net","version":1,"desired":{"Gone":1}}""" },
        { "a list", "[1]" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_is_of_no_use_leaves_the_local_configuration_in_force(string row, string file)
    {
        Assert.NotEmpty(row);
        File.WriteAllText(_folder.PathOf("twin.json"), file);
        var live = Live("""{ "Cameras": { "door": { "Uri": "test:pattern" } } }""");
        Assert.Equal("door", Assert.Single(live.Current.Options.Cameras).Key);
        Assert.Null(live.Accepted);
    }

    [Fact]
    public void A_thousand_random_layers_are_accepted_or_refused_with_reasons()
    {
        var random = new Random(20_261_123);
        var live = Live("""{ "Cameras": { "door": { "Uri": "test:pattern", "Classes": ["person"] } }, "Outputs": { "lamp": { "Line": "gpiochip0/3", "Rule": { "When": "detected" } } } }""");
        var (accepted, refused) = (0, 0);
        for (var i = 0; i < 1000; i++)
        {
            var layer = Json("""{ "Cameras": { "door": { "Uri": "test:pattern?fps=5", "MaxFps": 4, "Masks": [ { "Points": "0,0 1,0 1,1" } ], "Events": { "Sampling": "every" } } }, "Model": "nanodet-g-416", "Mqtt": { "TopicPrefix": "a" }, "LogLevel": "debug" }""");
            for (var n = random.Next(1, 4); n > 0; n--) Garble.Once(layer, random);
            var (next, mistakes) = live.Try(layer);
            Assert.Equal(next is null, mistakes.Count > 0);
            Assert.All(mistakes, m => Assert.StartsWith("EdgeVision:", m.Path, StringComparison.Ordinal));
            if (next is null) refused++;
            else accepted++;
        }

        Assert.InRange(accepted, 50, 950);
        Assert.InRange(refused, 50, 950);
        Assert.Equal("door", Assert.Single(live.Current.Options.Cameras).Key);
    }

    private LiveSettings Live(string json, params (string Name, string Value)[] environment)
    {
        var file = _folder.PathOf("appsettings.json");
        File.WriteAllText(file, $$"""{ "EdgeVision": {{json}} }""");
        var local = Settings.Load(new NodeRequest { Config = file, DataDirectory = _folder.Path }, environment.Select(e => KeyValuePair.Create(e.Name, e.Value)), camerasRequired: false);
        return new LiveSettings(local, new TwinFile(_folder.Path, Us), NullLogger.Instance);
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
