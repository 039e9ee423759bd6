using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using EdgeVision.Events;
using EdgeVision.Mqtt.HomeAssistant;
using static EdgeVision.IntegrationTests.Mqtt.HomeAssistant.Discoveries;

namespace EdgeVision.IntegrationTests.Mqtt.HomeAssistant;

public sealed class HomeAssistantDiscoveryTests
{
    [Fact]
    public void Messages_of_a_camera_with_everything_are_those_of_the_golden_file()
    {
        var messages = Of(Enabled with { Snapshot = true }).Messages([Camera("front_door", "person", "car")], Model("person", "car", "dog"));

        var golden = Path.Combine(Repository.Asset("homeassistant"), "front_door.json");
        var found = new JsonObject(messages.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, JsonNode.Parse(m.Value.Span))));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(golden, found.ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");
        Assert.Equal(JsonNode.Parse(File.ReadAllText(golden))!.ToJsonString(), found.ToJsonString());
    }

    [Fact]
    public void The_document_shows_a_message_as_it_is()
    {
        var messages = Of(Enabled).Messages([Camera("front_door", "person", "car")], Model("person", "car", "dog"));
        var document = File.ReadAllText(Repository.PathOf("docs", "home-assistant.md"));

        var topic = Topic("binary_sensor", "front_door__occupancy");
        Assert.Contains($"`{topic}`:\n\n```json\n{Encoding.UTF8.GetString(messages[topic].Span)}\n```\n", document, StringComparison.Ordinal);
        Assert.Contains($"'{Of(Enabled).Filter}'", document, StringComparison.Ordinal);
    }

    [Fact]
    public void Same_configuration_makes_the_same_bytes()
    {
        var (first, second) = (Of(Enabled).Messages([Camera("door")], Model("person")), Of(Enabled).Messages([Camera("door")], Model("person")));

        Assert.Equal(first.Keys, second.Keys);
        Assert.All(first, m => Assert.True(m.Value.Span.SequenceEqual(second[m.Key].Span), m.Key));
    }

    [Fact]
    public void Nothing_is_told_unless_it_is_enabled()
    {
        Assert.Empty(Of(Enabled with { Enabled = false }).Messages([Camera("door")], Model("person")));
        Assert.False(Configuration.Read("{}").Options.Enabled);
    }

    public static TheoryData<string, string[], string[], string[], string[], string[]> Labels => new()
    {
        // name, labels of the model, Classes of the camera, Occupancy, Counts, what is counted
        { "person by default", ["person", "car"], [], [], [], ["person"] },
        { "before the model is known", [], [], [], [], ["person"] },
        { "classes of the camera", ["person", "car", "dog"], ["car", "dog"], [], [], ["car", "dog"] },
        { "a model without persons", ["helmet", "vest"], [], [], [], [] },
        { "spelled as the model does", ["Person"], [], [], [], ["Person"] },
        { "said twice in different case", ["person"], ["PERSON", "person"], [], [], ["person"] },
        { "occupancy as configured", ["person", "car"], [], ["car"], [], ["car"] },
        { "counts as configured", ["person", "car"], ["person"], [], ["car", "person"], ["car", "person"] },
        { "what the model does not know stays", ["person"], [], [], ["forklift"], ["forklift"] },
    };

    [Theory]
    [MemberData(nameof(Labels))]
    public void Counted_are_the_labels_of_interest(string name, string[] labels, string[] classes, string[] occupancy, string[] counts, string[] counted)
    {
        var messages = Of(Enabled with { Occupancy = occupancy, Counts = counts }).Messages([Camera("door", classes)], labels.Length == 0 ? null : Model(labels));

        Assert.Equal([.. counted.Select(c => $"sensor/door__count__{c}")], Entities(messages).Where(e => e.Contains("__count__", StringComparison.Ordinal)));
        Assert.True(messages.ContainsKey(Topic("binary_sensor", "door__occupancy")), name);
    }

    [Fact]
    public void Labels_that_the_model_does_not_know_are_named_with_the_nearest() =>
        Assert.Equal(["'persn' is not a label of model 'nanodet-g-416'; did you mean 'person'?"], Of(Enabled with { Occupancy = ["persn", "PERSON"], Counts = ["car"] }).UnknownLabels(Model("person", "car")));

    [Fact]
    public void What_cannot_be_done_is_not_offered()
    {
        var plain = Entities(Of(Enabled, commands: false).Messages([Camera("door")], Model("person"))).ToList();
        var full = Entities(Of(Enabled with { Snapshot = true }).Messages([Camera("door")], Model("person"))).ToList();

        Assert.Equal(["image/door__snapshot", "switch/door__pause"], full.Except(plain));
    }

    [Fact]
    public void Topics_that_are_gone_are_those_of_the_removed_camera()
    {
        var discovery = Of(Enabled);
        var before = discovery.Messages([Camera("door"), Camera("yard")], Model("person"));
        var after = discovery.Messages([Camera("yard"), Camera("roof")], Model("person"));

        var removed = HomeAssistantDiscovery.Removed(before, after);

        Assert.Equal([.. before.Keys.Where(t => t.Contains("/door__", StringComparison.Ordinal)).Order(StringComparer.Ordinal)], removed);
        Assert.NotEmpty(removed);
        Assert.Empty(HomeAssistantDiscovery.Removed(after, after));
        Assert.Equal(before.Count, HomeAssistantDiscovery.Removed(before, Of(Enabled with { Enabled = false }).Messages([Camera("door")], null)).Count);
    }

    [Fact]
    public void Two_modules_of_one_device_are_two_devices()
    {
        var (first, second) = (Node("gate-7", "vision"), Node("gate-7", "vision2"));

        Assert.Empty(Of(Enabled, first).Messages([Camera("door")], null).Keys.Intersect(Of(Enabled, second).Messages([Camera("door")], null).Keys));
        Assert.Equal("homeassistant/+/gate-7__vision/+/config", Of(Enabled, first).Filter);
    }

    [Fact]
    public void Ids_are_unique_and_stay_whatever_else_there_is()
    {
        var names = Gen.String[Gen.Char["aB1-_.:"], 1, 8].Where(n => EntityName.Check(n) is null);
        var labels = Gen.String[Gen.Char["ab _-/é{'"], 1, 6].Where(l => l.Trim().Length > 0);
        Gen.Select(names.HashSet[1, 6], labels.HashSet[1, 5], names, names, names).Sample(
            (cameras, classes, device, module, other) =>
            {
                // Names of cameras and labels differ in more than case: configuration and models see to that.
                var distinct = cameras.Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
                var counts = classes.Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
                var options = Enabled with { Snapshot = true, Counts = counts };
                var discovery = Of(options, Node(device, module));
                var messages = discovery.Messages([.. distinct.Select(n => Camera(n))], null);
                var alone = discovery.Messages([Camera(distinct[0])], null);
                var stranger = Of(options, Node(device, other)).Messages([Camera(distinct[0])], null);
                var ids = messages.Values.Select(IdOf).ToList();

                return messages.Count == 1 + (distinct.Length * (7 + counts.Length))
                    && ids.Distinct(StringComparer.Ordinal).Count() == ids.Count
                    && ids.All(i => i.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                    && messages.Keys.All(t => t.Split('/') is ["homeassistant", _, var node, var entity, "config"] && (node + "__" + entity).All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                    && alone.All(m => messages[m.Key].Span.SequenceEqual(m.Value.Span))
                    && (module == other || !stranger.Keys.Any(messages.ContainsKey));
            },
            iter: 3_000);
    }

    [Theory]
    [InlineData("a_b", "c", "a", "b_c")]
    [InlineData("a__b", "c", "a", "b__c")]
    [InlineData("a_", "b", "a", "_b")]
    [InlineData("a.b", "c", "a:b", "c")]
    [InlineData("a-b", "c", "a.b", "c")]
    [InlineData("a", "b_c", "a", "b__c")]
    public void Names_that_look_alike_have_different_ids(string device, string module, string otherDevice, string otherModule) =>
        Assert.NotEqual(Of(Enabled, Node(device, module)).Filter, Of(Enabled, Node(otherDevice, otherModule)).Filter);

    [Fact]
    public void Names_as_long_as_they_may_be_fit_into_an_entity_id()
    {
        var name = new string('n', EntityName.MaxLength);

        var messages = Of(Enabled with { Counts = [new string('l', 128)] }, Node(name, "m")).Messages([Camera(name)], null);

        // device name, blank and entity name become the id, after its component; 255 is Home Assistant's limit.
        Assert.All(messages, m => Assert.True("binary_sensor.".Length + Text(m.Value, "device", "name").Length + 1 + Text(m.Value, "name").Length <= 255, m.Key));
    }

    private static NodeIdentity Node(string device, string module) => new(device, module, "1", static () => true);

    private static string IdOf(ReadOnlyMemory<byte> payload) => Text(payload, "unique_id");

    private static string Text(ReadOnlyMemory<byte> payload, params string[] path) => (string)path.Aggregate(JsonNode.Parse(payload.Span)!, (node, key) => node[key]!)!;
}
