using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Mqtt;

namespace EdgeVision.IntegrationTests.Mqtt;

public sealed class MqttSinkTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_thousand_events_arrive_in_order_across_the_window()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder(), "max_queued_messages 0");
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/gate-7/+/events/#");
        await using var sink = Some.Sink(Some.Options(broker.Port) with { InFlight = 64 });

        var result = await sink.SendAsync(Some.Entries(2000), Stop);

        Assert.Equal(DeliveryResult.All(2000), result);
        var received = await consumer.TakeAsync(2000);
        Assert.Equal(Enumerable.Range(1, 2000).Select(i => (long)i), received.Select(Some.SequenceOf));
        Assert.All(received, m => Assert.Equal("edgevision/gate-7/door/events/frame", m.Topic));
    }

    [Fact]
    public async Task Events_carry_the_content_type_of_cloudevents_and_the_node_has_topics_of_its_own()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/gate-7/events/#", "-V", "mqttv5", "-F", "MSG\t%t\t%r\t%C");
        await using var sink = Some.Sink(Some.Options(broker.Port));

        await sink.SendAsync([Some.Entry(1, camera: null, EventFamily.System)], Stop);

        Assert.Equal(new Received("edgevision/gate-7/events/system", false, "application/cloudevents+json; charset=utf-8"), await consumer.NextAsync());
    }

    [Fact]
    public async Task Nothing_listening_is_said_with_the_keys_to_check()
    {
        var port = Mosquitto.FreePort();
        await using var sink = Some.Sink(Some.Options(port));

        var result = await sink.SendAsync(Some.Entries(3), Stop);

        Assert.Equal(
            DeliveryResult.RetryLater(0, $"127.0.0.1:{port} refuses connections; is a broker listening there? Start it, or correct Mqtt:Host and Mqtt:Port."), result);
    }

    [Fact]
    public async Task An_unknown_host_name_is_said_with_the_key_to_check()
    {
        await using var sink = Some.Sink(Some.Options(1883) with { Host = "broker.invalid" });

        var result = await sink.SendAsync(Some.Entries(1), Stop);

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.Equal("The broker's name 'broker.invalid' cannot be resolved; correct Mqtt:Host, or check this machine's DNS.", result.Reason);
    }

    [Fact]
    public async Task A_broker_restart_in_the_middle_loses_nothing()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder(), "max_queued_messages 0");
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/gate-7/door/#", "-c", "-i", "consumer");
        await using var sink = Some.Sink(Some.Options(broker.Port));
        Assert.Equal(DeliveryOutcome.Accepted, (await sink.SendAsync(Some.Entries(500), Stop)).Outcome);
        await consumer.TakeAsync(500);

        await broker.StopAsync();
        var down = await sink.SendAsync(Some.Entries(10, from: 501), Stop);
        await broker.StartAgainAsync();
        await using var again = await MosquittoSub.StartAsync(broker.Port, "edgevision/gate-7/door/#");
        var up = await sink.SendAsync(Some.Entries(10, from: 501), Stop);

        Assert.Equal((0, DeliveryOutcome.RetryLater), (down.Accepted, down.Outcome));
        Assert.Equal(DeliveryResult.All(10), up);
        Assert.Equal(Enumerable.Range(501, 10).Select(i => (long)i), (await again.TakeAsync(10)).Select(Some.SequenceOf));
    }

    [Fact]
    public async Task A_broker_that_goes_while_events_fly_leaves_a_contiguous_prefix_accepted()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder(), "max_queued_messages 0");
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/gate-7/door/#");
        await using var sink = Some.Sink(Some.Options(broker.Port));
        var sending = sink.SendAsync(Some.Entries(200_000, padding: 200), Stop).AsTask();
        var first = await consumer.NextAsync();

        await broker.StopAsync();

        var result = await sending.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        Assert.Equal(1, Some.SequenceOf(first));
        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.InRange(result.Accepted, 1, 199_999);
        Assert.NotNull(result.Reason);
    }

    [Fact]
    public async Task A_hanging_broker_means_retry_within_the_timeout_and_recovery_after_it()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sink = Some.Sink(Some.Options(broker.Port) with { Timeout = TimeSpan.FromMilliseconds(500) });
        Assert.Equal(DeliveryResult.All(1), await sink.SendAsync(Some.Entries(1), Stop));

        broker.Freeze();
        var hanging = await sink.SendAsync(Some.Entries(20, from: 2), Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(5), Stop);
        var connecting = await sink.SendAsync(Some.Entries(20, from: 2), Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(5), Stop);
        broker.Thaw();

        Assert.Equal((0, DeliveryOutcome.RetryLater), (hanging.Accepted, hanging.Outcome));
        Assert.Equal($"127.0.0.1:{broker.Port} did not acknowledge an event within 0.5 s; is it overloaded or stopped? Otherwise raise Mqtt:TimeoutMs.", hanging.Reason);
        Assert.StartsWith($"127.0.0.1:{broker.Port} did not answer within 0.5 s", connecting.Reason, StringComparison.Ordinal);
        var recovered = await SendUntilAcceptedAsync(sink, Some.Entry(2));
        Assert.Equal(DeliveryOutcome.Accepted, recovered.Outcome);
    }

    [Fact]
    public async Task Dispose_is_bounded_when_the_broker_hangs()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        var sink = Some.Sink(Some.Options(broker.Port));
        Assert.Null(await sink.ConnectAsync(Stop));

        broker.Freeze();

        await sink.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(4), Stop);
    }

    [Fact]
    public async Task Stopping_ends_a_send_to_a_hanging_broker_at_once()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sink = Some.Sink(Some.Options(broker.Port));
        Assert.Null(await sink.ConnectAsync(Stop));
        broker.Freeze();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        var sending = sink.SendAsync(Some.Entries(5), stopping.Token).AsTask();
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(TimeSpan.FromSeconds(2), Stop));
        broker.Thaw();
    }

    [Fact]
    public async Task An_event_larger_than_the_broker_takes_is_rejected_and_the_next_one_passes()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder(), "max_packet_size 2000");
        await using var sink = Some.Sink(Some.Options(broker.Port));

        var result = await sink.SendAsync([Some.Entry(1), Some.Entry(2, padding: 5000), Some.Entry(3)], Stop);

        Assert.Equal((1, DeliveryOutcome.Rejected), (result.Accepted, result.Outcome));
        Assert.EndsWith($"is larger than 127.0.0.1:{broker.Port} takes (2000 bytes); raise its limit for messages.", result.Reason, StringComparison.Ordinal);
        Assert.Equal(DeliveryResult.All(1), await sink.SendAsync([Some.Entry(3)], Stop));
    }

    [Fact]
    public async Task An_event_that_the_broker_finds_too_large_is_rejected_by_its_answer()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder(), "message_size_limit 2000");
        await using var sink = Some.Sink(Some.Options(broker.Port));

        var result = await sink.SendAsync([Some.Entry(1), Some.Entry(2, padding: 5000), Some.Entry(3)], Stop);

        Assert.Equal((1, DeliveryOutcome.Rejected), (result.Accepted, result.Outcome));
        Assert.EndsWith("raise its limit for messages.", result.Reason, StringComparison.Ordinal);
        Assert.Equal(DeliveryResult.All(1), await sink.SendAsync([Some.Entry(3)], Stop));
    }

    [Fact]
    public async Task A_batch_does_not_wait_for_a_delayed_tcp_acknowledgement()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sink = Some.Sink(Some.Options(broker.Port));
        var batch = Some.Entries(16);
        var milliseconds = new List<double>();

        for (var i = 0; i < 31; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            Assert.Equal(DeliveryResult.All(16), await sink.SendAsync(batch, Stop));
            milliseconds.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
        }

        milliseconds.Sort();
        Assert.InRange(milliseconds[15], 0, 25); // 1 to 2 ms; with the kernel's delay every batch takes 40 ms and more
    }

    [Fact]
    public async Task The_window_shrinks_to_what_the_broker_takes()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder(), "max_inflight_messages 2");
        await using var sink = Some.Sink(Some.Options(broker.Port) with { InFlight = 500 });

        Assert.Equal(DeliveryResult.All(500), await sink.SendAsync(Some.Entries(500), Stop));
    }

    [Fact]
    public async Task Another_client_with_the_same_id_is_named_as_the_reason()
    {
        var log = new CollectingLog();
        await using var broker = await EmbeddedBroker.StartAsync(0, TimeProvider.System, log); // mosquitto 2.0.11 closes without a word
        await using var first = Some.Sink(Some.Options(broker.Port), log);
        Assert.Null(await first.ConnectAsync(Stop));
        await using var thief = Some.Sink(Some.Options(broker.Port));
        Assert.Null(await thief.ConnectAsync(Stop));

        Assert.Equal(DeliveryOutcome.Accepted, (await SendUntilAcceptedAsync(first, Some.Entry(1))).Outcome);

        Assert.Contains(log.Lines, l => l.Contains("another client with the id 'edgevision-gate-7'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_event_of_an_impossible_camera_is_rejected_not_thrown()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sink = Some.Sink(Some.Options(broker.Port));

        var result = await sink.SendAsync([Some.Entry(1), Some.Entry(2, camera: "a/#")], Stop);

        Assert.Equal((1, DeliveryOutcome.Rejected), (result.Accepted, result.Outcome));
        Assert.StartsWith("Event 2 is of camera 'a/#', which holds '/'", result.Reason, StringComparison.Ordinal);
    }

    private static async Task<DeliveryResult> SendUntilAcceptedAsync(MqttSink sink, OutboxEntry entry)
    {
        for (var attempt = 0; ; attempt++)
        {
            var result = await sink.SendAsync([entry], Stop);
            if (result.Outcome == DeliveryOutcome.Accepted || attempt == 20) return result;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
        }
    }
}
