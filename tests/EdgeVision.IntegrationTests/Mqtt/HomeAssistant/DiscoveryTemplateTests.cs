using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using EdgeVision.Module.Local;
using EdgeVision.Mqtt;
using EdgeVision.Mqtt.HomeAssistant;
using Microsoft.Extensions.Time.Testing;
using static EdgeVision.IntegrationTests.Mqtt.HomeAssistant.Discoveries;

namespace EdgeVision.IntegrationTests.Mqtt.HomeAssistant;

/// <summary>What Home Assistant makes of the messages, by a judge that is not ours.</summary>
public sealed class DiscoveryTemplateTests
{
    private const string ModelPart = """ "model":{"name":"nanodet-g-416","version":"1.0.0","sha256":"aa"} """;

    private static readonly (string Name, string State)[] States =
    [
        ("running", State("running", "true", "null", """{"person":2,"car":1}""", "12.3")),
        ("empty", State("running", "true", "null", "{}", "12.3")),
        ("first", State("running", "true", "null", "{}", "null")),
        ("paused", State("paused", "true", "null", "{}", "null")),
        ("gated", State("gated", "true", "null", "{}", "null")),
        ("lost", State("lost", "false", "\"Camera <door> is gone; it's \\\"away\\\".\"", "{}", "null")),
        ("starting", State("starting", "false", "null", "{}", "null")),
        ("ended", State("ended", "true", "null", "{}", "null")),
    ];

    public static TheoryData<string, string, string[]> Shown => new()
    {
        // component, entity, what it shows of the states above; None is unknown
        { "binary_sensor", "door__occupancy", ["ON", "OFF", "OFF", "None", "None", "None", "None", "None"] },
        { "binary_sensor", "door__connectivity", ["ON", "ON", "ON", "ON", "ON", "OFF", "OFF", "ON"] },
        { "sensor", "door__count__person", ["2", "0", "0", "None", "None", "None", "None", "None"] },
        { "sensor", "door__count__car", ["1", "0", "0", "None", "None", "None", "None", "None"] },
        { "sensor", "door__count__dog", ["0", "0", "0", "None", "None", "None", "None", "None"] },
        { "sensor", "door__fps", ["12.3", "12.3", "None", "None", "None", "None", "None", "None"] },
        { "sensor", "door__latency", ["12.3", "12.3", "None", "None", "None", "None", "None", "None"] },
        { "sensor", "door__model", [.. Enumerable.Repeat("nanodet-g-416 1.0.0", 8)] },
        { "switch", "door__pause", ["OFF", "OFF", "OFF", "ON", "OFF", "OFF", "OFF", "OFF"] },
    };

    [Theory]
    [MemberData(nameof(Shown))]
    public async Task An_entity_shows_what_the_state_says(string component, string entity, string[] values)
    {
        var messages = Of(Enabled with { Counts = ["person", "car", "dog"], Snapshot = true }).Messages([Camera("door")], Model("person", "car", "dog"));

        var verdict = (await DiscoveryJudge.AcceptsAsync(messages, States))[Topic(component, entity)];

        Assert.Equal(values, States.Select(s => verdict.Value(s.Name)));
    }

    [Fact]
    public async Task A_model_without_persons_is_occupied_by_anything()
    {
        var messages = Of(Enabled).Messages([Camera("door")], Model("helmet"));

        var verdict = (await DiscoveryJudge.AcceptsAsync(messages, States))[Topic("binary_sensor", "door__occupancy")];

        Assert.Equal(["ON", "OFF", "None"], [verdict.Value("running"), verdict.Value("empty"), verdict.Value("paused")]);
    }

    [Fact]
    public async Task The_reason_of_a_loss_is_an_attribute()
    {
        var verdict = (await DiscoveryJudge.AcceptsAsync(Of(Enabled).Messages([Camera("door")], null), States))[Topic("binary_sensor", "door__connectivity")];

        Assert.Equal("""{"reason":"Camera <door> is gone; it's \"away\".","since":"2026-11-23T06:00:00.000Z","state":"lost"}""", Plain(verdict.Attributes("lost")));
        Assert.Equal("""{"reason":null,"since":"2026-11-23T06:00:00.000Z","state":"running"}""", Plain(verdict.Attributes("running")));
    }

    /// <summary>Names of methods, what templates give a meaning to, and other planets.</summary>
    [Fact]
    public async Task Any_label_can_be_counted_and_occupy()
    {
        var any = Gen.String[Gen.Char["ab'\"\\{}%#é漢 \u2028.()/&<>"], 1, 10].Where(l => l.Trim().Length > 0).Array[200].Single();
        string[] labels = [.. any.Concat(["items", "keys", "get", "values", "traffic light", "it's", "{{ 7 * 7 }}", "{% raw %}", "\\", "\\'", "😀", "None"]).Distinct(StringComparer.OrdinalIgnoreCase)];
        var counts = new JsonObject(labels.Select((label, i) => KeyValuePair.Create(label, (JsonNode?)(i + 1))));
        var messages = Of(Enabled with { Counts = labels, Occupancy = labels }).Messages([Camera("door")], null);

        var verdicts = await DiscoveryJudge.AcceptsAsync(messages, ("all", State("running", "true", "null", counts.ToJsonString(), "1")), ("none", States[1].State));

        var shown = verdicts.Where(v => v.Key.Contains("__count__", StringComparison.Ordinal)).Select(v => v.Value.Value("all")).ToList();
        Assert.Equal(Enumerable.Range(1, labels.Length).Select(i => $"{i}"), shown);
        Assert.Equal(("ON", "OFF"), (verdicts[Topic("binary_sensor", "door__occupancy")].Value("all"), verdicts[Topic("binary_sensor", "door__occupancy")].Value("none")));
    }

    [Fact]
    public async Task Any_camera_makes_messages_that_are_accepted()
    {
        string[] names = ["a", "1", "-", "_", "a.b:c", "front_door", "__", new string('x', 128), "config", "None"];
        foreach (var options in new[] { Enabled, Enabled with { Snapshot = true, Counts = ["car"] }, Enabled with { DiscoveryPrefix = "ha/plant-2" } })
        {
            var messages = Of(options).Messages([.. names.Select(n => Camera(n, "person"))], Model("person"));
            await DiscoveryJudge.AcceptsAsync(messages, States);
        }
    }

    /// <summary>What the node itself says of its cameras, through the templates.</summary>
    [Fact]
    public async Task States_of_this_node_are_understood()
    {
        var time = new FakeTimeProvider();
        var telemetry = new Telemetry();
        var topics = new EventTopics(MqttOptions.DefaultTopicPrefix, "gate-7");
        using var states = new CameraStates(telemetry, () => ["door"], _ => null, () => Model("person"), time);
        var messages = Of(Enabled).Messages([Camera("door")], Model("person"));

        telemetry.Camera("door").Runs();
        var running = Encoding.UTF8.GetString(states.Messages(topics)[topics.StateOf("door")].Span);
        telemetry.Camera("door").Lost(TimeSpan.FromSeconds(4), time, "It is gone; plug it in.");
        var lost = Encoding.UTF8.GetString(states.Messages(topics)[topics.StateOf("door")].Span);
        var verdicts = await DiscoveryJudge.AcceptsAsync(messages, ("running", running), ("lost", lost));

        Assert.Equal(("OFF", "None"), Pair("binary_sensor", "door__occupancy"));
        Assert.Equal(("ON", "OFF"), Pair("binary_sensor", "door__connectivity"));
        Assert.Equal(("0", "None"), Pair("sensor", "door__count__person"));
        Assert.Equal(("nanodet-g-416 1.0.0", "nanodet-g-416 1.0.0"), Pair("sensor", "door__model"));
        Assert.Equal("It is gone; plug it in.", (string?)verdicts[Topic("binary_sensor", "door__connectivity")].Attributes("lost")["reason"]);

        (string Running, string Lost) Pair(string component, string entity) => (verdicts[Topic(component, entity)].Value("running"), verdicts[Topic(component, entity)].Value("lost"));
    }

    public static TheoryData<string, string, string, string> Wrong => new()
    {
        { "a blank in the topic", "homeassistant/sensor/gate 7/x/config", "{}", "is not a discovery topic" },
        { "a component that is none", "homeassistant/sensr/n/x/config", "{}", "sensr is not a component" },
        { "no id", Topic("sensor", "x"), """{"state_topic":"a","device":{"identifiers":["n"]}}""", "unique_id is missing" },
        { "no topic", Topic("switch", "x"), """{"unique_id":"x","device":{"identifiers":["n"]}}""", "command_topic is missing" },
        { "a key that is dropped", Topic("sensor", "x"), """{"unique_id":"x","state_topic":"a","payload_on":"1","device":{"identifiers":["n"]}}""", "payload_on is not known to sensor" },
        { "a device without identity", Topic("sensor", "x"), """{"unique_id":"x","state_topic":"a","device":{"name":"n"}}""", "device has no identifiers" },
        { "a broken template", Topic("sensor", "x"), """{"unique_id":"x","state_topic":"a","value_template":"{{ value_json.","device":{"identifiers":["n"]}}""", "is no template" },
        { "a unit that does not fit", Topic("sensor", "x"), """{"unique_id":"x","state_topic":"a","device_class":"duration","unit_of_measurement":"fps","device":{"identifiers":["n"]}}""", "is not measured in 'fps'" },
        { "a template of what is not there", Topic("sensor", "x"), """{"unique_id":"x","state_topic":"a","value_template":"{{ value_json.nothing }}","device":{"identifiers":["n"]}}""", "'dict object' has no attribute 'nothing'" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task The_judge_refuses(string name, string topic, string payload, string error)
    {
        var verdicts = await DiscoveryJudge.JudgeAsync([KeyValuePair.Create<string, ReadOnlyMemory<byte>>(topic, Encoding.UTF8.GetBytes(payload))], States[0]);

        Assert.True(verdicts[topic].Errors.Any(e => e.Contains(error, StringComparison.Ordinal)), $"{name}: {string.Join(" | ", verdicts[topic].Errors)}");
    }

    private static string State(string state, string healthy, string reason, string counts, string figure) =>
        $$"""{"camera":"door","state":"{{state}}","healthy":{{healthy}},"since":"2026-11-23T06:00:00.000Z","reason":{{reason}},"counts":{{counts}},"fps":{{figure}},"inferMs":{{figure}},"latencyMs":{{figure}},{{ModelPart}}}""";

    /// <summary>Keys in order of the alphabet.</summary>
    private static string Plain(JsonNode node) =>
        new JsonObject(node.AsObject().OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
