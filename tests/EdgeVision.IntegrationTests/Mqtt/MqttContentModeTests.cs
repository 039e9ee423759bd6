using System.Text;
using System.Text.Json;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Events.Presets;
using EdgeVision.Mqtt;

namespace EdgeVision.IntegrationTests.Mqtt;

public sealed class MqttContentModeTests
{
    private const string Body = """{"specversion":"1.0","id":"01997a5e-0000-7000-8000-000000000001","source":"/devices/gate-7/modules/edgevision","type":"io.edgevision.frame.v1","subject":"cameras/door","time":"2026-11-22T09:30:15.250Z","datacontenttype":"application/json","dataschema":"urn:edgevision:schema:event:v1#/$defs/frame","sequence":"00000000000000000007","camerasequence":"00000000000000000003","severity":"info","data":{"node":"gate-7","text":"T\u00fcr \"7\""}}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_binary_mode_the_payload_is_the_data_and_the_attributes_are_user_properties()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/#", "-V", "mqttv5", "-F", "MSG\t%t\t%r\t%C|%P|%p");
        await using var sink = Some.Sink(Some.Options(broker.Port) with { ContentMode = MqttContentMode.Binary });

        Assert.Equal(DeliveryResult.All(1), await sink.SendAsync([Entry(Body)], Stop));

        var parts = (await NextEventAsync(consumer)).Payload.Split('|', 3);
        Assert.Equal("application/json", parts[0]);
        Assert.Equal(
            "specversion:1.0 id:01997a5e-0000-7000-8000-000000000001 source:/devices/gate-7/modules/edgevision type:io.edgevision.frame.v1 subject:cameras/door time:2026-11-22T09:30:15.250Z "
            + "dataschema:urn:edgevision:schema:event:v1#/$defs/frame sequence:00000000000000000007 camerasequence:00000000000000000003 severity:info",
            parts[1].Trim());
        Assert.Equal(JsonDocument.Parse(Body).RootElement.GetProperty("data").GetRawText(), parts[2]);
    }

    [Fact]
    public async Task A_preset_is_plain_json_and_in_binary_mode_still_says_by_which_id_repeats_are_dropped()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "lite/#", "-V", "mqttv5", "-F", "MSG\t%t\t%r\t%C|%P|%p");
        var options = Some.Options(broker.Port) with { TopicPrefix = "lite/{deviceId}", Preset = EventPreset.Compact };
        var entry = Entry("""{"i":"x"}""") with { Preset = EventPreset.Compact };

        await using (var structured = new MqttSink(options, Some.Node, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance))
        {
            Assert.Equal(DeliveryResult.All(1), await structured.SendAsync([entry], Stop));
            Assert.Equal("""application/json||{"i":"x"}""", (await consumer.NextAsync()).Payload);
        }

        await using var binary = new MqttSink(options with { ContentMode = MqttContentMode.Binary }, Some.Node, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Assert.Equal(DeliveryResult.All(1), await binary.SendAsync([entry], Stop));
        Assert.Equal(
            "application/json|specversion:1.0 id:01997a5e-0000-7000-8000-000000000001 source:/devices/gate-7/modules/edgevision type:io.edgevision.frame.v1 subject:cameras/door "
            + "time:2026-11-22T09:30:15.250Z sequence:00000000000000000007 severity:info preset:compact camerasequence:00000000000000000003|{\"i\":\"x\"}",
            (await consumer.NextAsync()).Payload.Replace(" |", "|", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("[1]")]
    [InlineData("{\"id\":\"x\"}")]
    [InlineData("{\"id\":\"\\ud800\",\"data\":{}}")]
    [InlineData("{\"data\":{")]
    public void What_cannot_be_split_goes_as_it_is(string body)
    {
        var message = EventMessage.Of(Entry(body), MqttContentMode.Binary, Some.Node);

        Assert.Null(message.Attributes);
        Assert.Equal(body, Encoding.UTF8.GetString(message.Payload.Span));
    }

    [Fact]
    public void Bent_bodies_are_split_or_go_as_they_are()
    {
        var random = new Random(20261123);
        var split = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var body = Encoding.UTF8.GetBytes(Body);
            body[random.Next(body.Length)] = (byte)random.Next(256);
            var message = EventMessage.Of(Entry("") with { Body = body.AsMemory(0, i % 4 == 0 ? random.Next(body.Length) : body.Length) }, MqttContentMode.Binary, Some.Node);
            if (message.Attributes is not null) split++;
        }

        Assert.InRange(split, 1000, 19_000);
    }

    [Fact]
    public async Task Attributes_count_towards_the_size_that_a_broker_takes()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder(), "max_packet_size 400");
        await using var binary = Some.Sink(Some.Options(broker.Port) with { ContentMode = MqttContentMode.Binary });

        Assert.Equal(DeliveryOutcome.Rejected, (await binary.SendAsync([Entry(Body)], Stop)).Outcome);
    }

    private static OutboxEntry Entry(string body) => new(
        7, 3, new Guid("01997a5e-0000-7000-8000-000000000001"), EventFamily.Frame, "io.edgevision.frame.v1", "door", Severity.Info, new DateTimeOffset(2026, 11, 22, 9, 30, 15, 250, TimeSpan.Zero), Encoding.UTF8.GetBytes(body));

    private static async Task<Received> NextEventAsync(MosquittoSub consumer)
    {
        while (true)
        {
            if (await consumer.NextAsync() is var message && message.Topic.Contains("/events/", StringComparison.Ordinal)) return message;
        }
    }
}
