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
            foreach (var group in TelemetryPlan.Of(entries, [], limit))
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

    public static TheoryData<string, bool, string[]> Waits => new()
    {
        { "one small event", true, ["door"] },
        { "a full message", false, ["door", "door", "door", "door", "door", "door", "door", "door", "door"] },
        { "as many of several cameras", true, ["door", "gate", "yard", "door", "gate", "yard", "door", "gate", "yard"] },
        { "one of the node", false, ["door", ""] },
    };

    [Theory]
    [MemberData(nameof(Waits))]
    public void What_is_neither_urgent_nor_enough_waits_for_more(string row, bool expected, string[] cameras)
    {
        Assert.NotEmpty(row);
        var entries = cameras.Select((camera, i) => camera.Length == 0 ? Entry(i + 1, null, EventFamily.System) : Entry(i + 1, camera, padding: 480)).ToList();
        Assert.Equal(expected, TelemetryPlan.HasTime(entries, TelemetryMessage.MeteringBlock));
    }

    private static IEnumerable<string> Plan(OutboxEntry[] entries, long[][] repeats) => TelemetryPlan.Of(entries, repeats, 4096).Select(m => string.Join(',', m.Select(e => e.Sequence)));

    private static OutboxEntry Entry(int number, string? camera, EventFamily family = EventFamily.Frame, Severity severity = Severity.Info, int padding = 0)
    {
        var body = padding == 0 ? $$"""{"n":{{number}}}""" : $$"""{"n":{{number}},"p":"{{new string('x', padding)}}"}""";
        var type = family is EventFamily.System ? "io.edgevision.system.v1" : "io.edgevision.frame.v1";
        return new OutboxEntry(number, number, new Guid(number, 0, 0, new byte[8]), family, type, camera, severity, DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(body));
    }
}
