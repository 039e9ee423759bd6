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
        OutboxEntry[] entries = [Entry(1, "door"), Entry(2, "door"), Entry(3, "gate"), Entry(4, "door")];

        var message = TelemetryMessage.Pack(entries, Topics);

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
        Assert.DoesNotContain("camera", TelemetryMessage.Pack([Entry(1, null, EventFamily.System, Severity.Error)], Topics).Topic, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_comes_every_event_is_sent_once_in_order_within_the_limit_and_counted_as_the_hub_counts()
    {
        var entry = Gen.Select(Gen.Int[0, 2], Gen.Int[2, 700], Gen.Bool);
        Gen.Select(entry.Array[1, 40], Gen.Int[200, 5000]).Sample((items, limit) =>
        {
            var entries = items.Select((item, i) => Entry(i + 1, new[] { "door", "gate", null }[item.Item1], EventFamily.Frame, item.Item3 ? Severity.Info : Severity.Warning, item.Item2)).ToArray();
            var sent = new List<int>();
            for (var at = 0; at < entries.Length;)
            {
                var message = TelemetryMessage.Pack(entries.AsSpan(at), Topics, limit);
                using var json = JsonDocument.Parse(message.Body);
                sent.AddRange(json.RootElement.EnumerateArray().Select(e => e.GetProperty("n").GetInt32()));
                var bag = PropertyBag.Read(message.Topic[(message.Topic.LastIndexOf('/') + 1)..]);
                var counted = message.Body.Length + bag.Sum(p => p.Value.Length + (p.Key.StartsWith("$.", StringComparison.Ordinal) ? 0 : p.Key.Length));
                if (counted != message.Bytes || (message.Events > 1 && message.Bytes > limit)) return false;
                // It stops only for a reason.
                var next = at + message.Events;
                if (next < entries.Length && entries[next].Camera == entries[at].Camera && entries[next].Severity == entries[at].Severity
                    && message.Bytes + 1 + entries[next].Body.Length <= limit) return false;
                at = next;
            }

            return sent.SequenceEqual(Enumerable.Range(1, entries.Length));
        });
    }

    private static OutboxEntry Entry(int number, string? camera, EventFamily family = EventFamily.Frame, Severity severity = Severity.Info, int padding = 0)
    {
        var body = padding == 0 ? $$"""{"n":{{number}}}""" : $$"""{"n":{{number}},"p":"{{new string('x', padding)}}"}""";
        var type = family is EventFamily.System ? "io.edgevision.system.v1" : "io.edgevision.frame.v1";
        return new OutboxEntry(number, number, new Guid(number, 0, 0, new byte[8]), family, type, camera, severity, DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(body));
    }
}
