using System.Text;
using System.Text.Json;
using CsCheck;
using EdgeVision.Azure.Hub;
using EdgeVision.Azure.Identity;
using EdgeVision.Delivery;
using EdgeVision.Events;

namespace EdgeVision.IntegrationTests.Azure;

public sealed class TelemetryMessageTests
{
    private static readonly HubTopics Topics = new(new HubIdentity("h", "dev1", "vision", null));

    [Fact]
    public void Events_that_are_alike_go_into_one_message_as_an_array()
    {
        OutboxEntry[] entries = [Entry(1, "door"), Entry(2, "door")];

        var message = TelemetryMessage.Of(entries, Topics);

        Assert.Equal("""[{"n":1},{"n":2}]""", Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal(2, message.Events);
        Assert.Equal(
            "devices/dev1/modules/vision/messages/events/%24.mid=00000001-0000-0000-0000-000000000000&%24.ct=application%2Fjson&%24.ce=utf-8&%24.on=events"
            + "&type=io.edgevision.frame.v1&severity=info&schema=urn%3Aedgevision%3Aschema%3Aevent%3Av1&camera=door",
            message.Topic);
    }

    [Fact]
    public void A_preset_is_named_where_the_schema_would_be()
    {
        var message = TelemetryMessage.Of([Entry(1, "door") with { Preset = Events.Presets.EventPreset.Ava }], Topics);

        Assert.Contains("&schema=urn%3Aedgevision%3Apreset%3Aava&", message.Topic, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_of_the_node_has_no_camera()
    {
        Assert.DoesNotContain("camera", TelemetryMessage.Of([Entry(1, null, EventFamily.System, Severity.Error)], Topics).Topic, StringComparison.Ordinal);
    }

    [Fact]
    public void Cameras_that_speak_by_turns_have_messages_of_their_own()
    {
        OutboxEntry[] entries = [Entry(1, "door"), Entry(2, "gate"), Entry(3, "door"), Entry(4, null, EventFamily.System), Entry(5, "gate"), Entry(6, "door", severity: Severity.Warning), Entry(7, "door")];

        Assert.Equal(["1,3", "2,5", "4", "6", "7"], Plan(entries, []));
        // Made again as they were, and first, whatever has come since; what is gone is left out.
        Assert.Equal(["3,5", "1", "2", "4", "6", "7"], Plan(entries, [[3, 5, 99], [100]]));
    }

    [Fact]
    public void Whatever_comes_every_event_is_sent_once_each_cameras_in_order_within_the_limit_and_counted_as_the_hub_counts()
    {
        var entry = Gen.Select(Gen.Int[0, 2], Gen.Int[2, 700], Gen.Bool);
        Gen.Select(entry.Array[1, 40], Gen.Int[200, 5000]).Sample((items, limit) =>
        {
            var entries = items.Select((item, i) => Entry(i + 1, new[] { "door", "gate", null }[item.Item1], EventFamily.Frame, item.Item3 ? Severity.Info : Severity.Warning, item.Item2)).ToArray();
            var sent = new List<OutboxEntry>();
            foreach (var (group, _) in TelemetryPlan.Of(entries, [], limit))
            {
                var message = TelemetryMessage.Of(group, Topics);
                using var json = JsonDocument.Parse(message.Body);
                Assert.Equal(group.Select(e => (int)e.Sequence), json.RootElement.EnumerateArray().Select(e => e.GetProperty("n").GetInt32()));
                Assert.Single(group.Select(e => (e.Camera, e.Severity, e.Type)).Distinct());
                var bag = PropertyBag.Read(message.Topic[(message.Topic.LastIndexOf('/') + 1)..]);
                Assert.Equal(message.Bytes, message.Body.Length + bag.Sum(p => p.Value.Length + (p.Key.StartsWith("$.", StringComparison.Ordinal) ? 0 : p.Key.Length)));
                Assert.True(message.Events == 1 || message.Bytes <= limit);
                sent.AddRange(group);
            }

            Assert.Equal(entries.Length, sent.Count);
            foreach (var camera in sent.GroupBy(e => e.Camera)) Assert.Equal(camera.OrderBy(e => e.Sequence), camera);
        });
    }

    public static TheoryData<string, string[], string[]> Waits => new()
    {
        { "one small event", ["door"], ["1 waits"] },
        { "as many as fit", [.. Enumerable.Repeat("door", 7)], ["1,2,3,4,5,6,7 waits"] },
        { "one more, which begins the next", [.. Enumerable.Repeat("door", 8)], ["1,2,3,4,5,6,7", "8 waits"] },
        { "others do not fill it", ["door", "gate", "yard", "door"], ["1,4 waits", "2 waits", "3 waits"] },
        { "one of the node, which is no camera's business", ["door", ""], ["1 waits", "2"] },
        { "a rule of the same camera, which nothing before it may come after", ["door", "door!", "gate"], ["1", "2", "3 waits"] },
        { "what follows a rule", ["door!", "door"], ["1", "2 waits"] },
    };

    [Theory]
    [MemberData(nameof(Waits))]
    public void A_message_with_room_and_nothing_urgent_waits_for_more(string row, string[] cameras, string[] expected)
    {
        Assert.NotEmpty(row);
        var entries = cameras.Select((camera, i) => camera switch
        {
            "" => Entry(i + 1, null, EventFamily.System),
            "door!" => Entry(i + 1, "door", EventFamily.Rule),
            _ => Entry(i + 1, camera, padding: 480),
        }).ToArray();

        Assert.Equal(expected, TelemetryPlan.Of(entries, [], TelemetryMessage.MeteringBlock).Select(m => string.Join(',', m.Entries.Select(e => e.Sequence)) + (m.IsOpen ? " waits" : "")));
        Assert.All(TelemetryPlan.Of(entries, [[.. entries.Select(e => e.Sequence)]], TelemetryMessage.MeteringBlock), m => Assert.False(m.IsOpen));
    }

    private static IEnumerable<string> Plan(OutboxEntry[] entries, long[][] repeats) => TelemetryPlan.Of(entries, repeats, 4096).Select(m => string.Join(',', m.Entries.Select(e => e.Sequence)));

    private static OutboxEntry Entry(int number, string? camera, EventFamily family = EventFamily.Frame, Severity severity = Severity.Info, int padding = 0)
    {
        var body = padding == 0 ? $$"""{"n":{{number}}}""" : $$"""{"n":{{number}},"p":"{{new string('x', padding)}}"}""";
        var type = $"io.edgevision.{family.ToString().ToLowerInvariant()}.v1";
        return new OutboxEntry(number, number, new Guid(number, 0, 0, new byte[8]), family, type, camera, severity, DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(body));
    }
}
