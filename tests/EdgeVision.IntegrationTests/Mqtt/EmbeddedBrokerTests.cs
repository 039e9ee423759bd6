using System.Net;
using System.Net.Sockets;
using EdgeVision.Delivery;
using EdgeVision.Mqtt;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Mqtt;

public sealed class EmbeddedBrokerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Brokers_that_start_at_the_same_moment_never_fail_over_one_port()
    {
        for (var round = 0; round < 25; round++)
        {
            var port = Mosquitto.FreePort();
            var brokers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => EmbeddedBroker.StartAsync(port, TimeProvider.System, NullLogger.Instance))));

            Assert.Equal(8, brokers.Select(b => b.Port).Distinct().Count());
            foreach (var broker in brokers) await broker.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_consumer_gets_events_and_the_retained_status_by_the_printed_command()
    {
        Mosquitto.Require("mosquitto_sub", "mosquitto-clients");
        await using var broker = await StartAsync();
        var options = Some.Options(0).AtLoopback(broker.Port);
        await using var desk = RunningDesk.Start(options);
        await desk.ConnectedAsync();
        var command = SubscribeCommand.For(options, desk.Topics);

        Assert.Equal($"mosquitto_sub -h 127.0.0.1 -p {broker.Port} -t 'edgevision/gate-7/#' -v", command);
        Assert.Equal("edgevision/gate-7/status online", (await ChildProcess.OutputOfAsync("sh", ["-c", command + " -C 1 -W 10"])).Trim());
    }

    [Fact]
    public async Task Several_consumers_get_every_event_in_order()
    {
        await using var broker = await StartAsync();
        await using var one = await MosquittoSub.StartAsync(broker.Port, "edgevision/gate-7/+/events/+");
        await using var two = await MosquittoSub.StartAsync(broker.Port, "edgevision/#", "-V", "mqttv5", "-R");
        await using var sink = Some.Sink(Some.Options(0).AtLoopback(broker.Port));

        Assert.Equal(DeliveryResult.All(500), await sink.SendAsync(Some.Entries(500), Stop));

        Assert.Equal(Enumerable.Range(1, 500).Select(i => (long)i), (await one.TakeAsync(500)).Select(Some.SequenceOf));
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (long)i), (await two.TakeAsync(500)).Select(Some.SequenceOf));
    }

    [Fact]
    public async Task A_taken_port_means_another_one_and_a_sentence()
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        var taken = ((IPEndPoint)holder.LocalEndPoint!).Port;
        var log = new CollectingLog();

        await using var broker = await EmbeddedBroker.StartAsync(taken, TimeProvider.System, log);

        Assert.NotEqual(taken, broker.Port);
        Assert.Equal(taken, broker.WantedPort);
        Assert.Contains(log.Lines, l => l.StartsWith($"Warning 403 Port {taken} is taken", StringComparison.Ordinal) && l.Contains($"listens on {broker.Port}", StringComparison.Ordinal));
        await using var sink = Some.Sink(Some.Options(0).AtLoopback(broker.Port));
        Assert.Null(await sink.ConnectAsync(Stop));
    }

    [Fact]
    public async Task Its_port_is_free_again_after_dispose()
    {
        var first = await StartAsync();
        await using (var sink = Some.Sink(Some.Options(0).AtLoopback(first.Port))) Assert.Null(await sink.ConnectAsync(Stop));
        await first.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(4), Stop);

        await using var second = await EmbeddedBroker.StartAsync(first.Port, TimeProvider.System, NullLogger.Instance);

        Assert.Equal(first.Port, second.Port);
    }

    [Fact]
    public async Task It_listens_on_loopback_only()
    {
        await using var broker = await StartAsync();
        var hex = broker.Port.ToString("X4", System.Globalization.CultureInfo.InvariantCulture);

        var listening = new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadAllLines)
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(f => f.Length > 3 && f[3] == "0A" && f[1].EndsWith(":" + hex, StringComparison.Ordinal))
            .Select(f => f[1].Split(':')[0]).ToList();

        Assert.Contains("0100007F", listening);
        Assert.DoesNotContain(listening, a => a is not ("0100007F" or "00000000000000000000000001000000"));
    }

    [Fact]
    public async Task A_stuck_consumer_neither_stops_the_others_nor_eats_memory()
    {
        var log = new CollectingLog();
        await using var broker = await EmbeddedBroker.StartAsync(0, TimeProvider.System, log);
        await using var stuck = await MosquittoSub.StartAsync(broker.Port, "edgevision/#");
        await using var lively = await MosquittoSub.StartAsync(broker.Port, "edgevision/gate-7/door/events/camera");
        await using var sink = Some.Sink(Some.Options(0).AtLoopback(broker.Port));
        Assert.Null(await sink.ConnectAsync(Stop));
        stuck.Freeze();
        var batch = Some.Entries(500, padding: 4000);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 40; i++) Assert.Equal(DeliveryResult.All(500), await sink.SendAsync(batch, Stop)); // 80 MB

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(grown, long.MinValue, 20 << 20); // at most 2 × 1000 messages of 4 KB wait, and some slack
        Assert.True(broker.Dropped > 10_000, $"{broker.Dropped} dropped");
        Assert.Contains(log.Lines, l => l.Contains("does not keep up", StringComparison.Ordinal));
        Assert.InRange(log.Lines.Count(l => l.Contains("does not keep up", StringComparison.Ordinal)), 1, 60); // one a second
        await sink.SendAsync([Some.Entry(9, family: EdgeVision.Events.EventFamily.Camera)], Stop);
        Assert.Equal(9, Some.SequenceOf(await lively.NextAsync()));
    }

    [Fact]
    public async Task A_session_is_kept_for_a_consumer_that_is_away_and_stays_bounded()
    {
        await using var broker = await StartAsync();
        await using var sink = Some.Sink(Some.Options(0).AtLoopback(broker.Port));
        await using (var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/gate-7/door/#", "-c", "-i", "dashboard"))
        {
            await sink.SendAsync(Some.Entries(1), Stop);
            Assert.Equal(1, Some.SequenceOf(await consumer.NextAsync()));
        }

        await sink.SendAsync(Some.Entries(5000, from: 2), Stop);
        await using var back = await MosquittoSub.StartAsync(broker.Port, "edgevision/gate-7/door/#", "-c", "-i", "dashboard");
        await sink.SendAsync([Some.Entry(9999)], Stop);

        var received = (await back.TakeUntilAsync(m => Some.SequenceOf(m) == 9999)).Select(Some.SequenceOf).Distinct().ToList();
        Assert.Equal(Enumerable.Range(2, 900).Select(i => (long)i), received.Take(900));
        Assert.InRange(received.Count, 900, EmbeddedBroker.MaxPendingMessages + 2);
    }

    [Fact]
    public async Task A_consumer_that_never_acknowledges_is_sent_away()
    {
        await using var broker = await StartAsync();
        await using var sink = Some.Sink(Some.Options(0).AtLoopback(broker.Port));
        using var mute = new TcpClient();
        await mute.ConnectAsync(IPAddress.Loopback, broker.Port, Stop);
        var stream = mute.GetStream();
        await stream.WriteAsync((byte[])[0x10, 13, 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, 1, (byte)'m'], Stop); // CONNECT 3.1.1 as m, clean session
        await stream.WriteAsync((byte[])[0x82, 6, 0, 1, 0, 1, (byte)'#', 1], Stop); // SUBSCRIBE # at QoS 1
        var acknowledged = new byte[4 + 5]; // CONNACK, SUBACK
        await stream.ReadExactlyAsync(acknowledged, Stop);

        var reading = ReadToEndAsync(stream);
        for (var i = 0; i < 6; i++) Assert.Equal(DeliveryResult.All(500), await sink.SendAsync(Some.Entries(500), Stop));

        var read = await reading.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        var packet = 2 + 2 + "edgevision/gate-7/door/events/frame".Length + 2 + Some.Entry(1).Body.Length; // header, topic, packet id, body
        Assert.InRange(read / packet, EmbeddedBroker.MaxPendingMessages / 2, EmbeddedBroker.MaxPendingMessages + 1); // + 1: the status
    }

    [Fact]
    public async Task Retained_messages_are_bounded()
    {
        Mosquitto.Require("mosquitto_pub", "mosquitto-clients");
        await using var broker = await StartAsync();
        for (var i = 0; i < 3; i++)
        {
            var topics = Enumerable.Range(i * 100, 100).Select(n => $"mosquitto_pub -p {broker.Port} -r -t many/{n} -m x");
            await ChildProcess.OutputOfAsync("sh", ["-c", string.Join('\n', topics)]);
        }

        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "#");
        await ChildProcess.OutputOfAsync("mosquitto_pub", ["-p", $"{broker.Port}", "-t", "last", "-m", "x"]);

        Assert.Equal(EmbeddedBroker.MaxRetained, (await consumer.TakeUntilAsync(m => m.Topic == "last")).Count(m => m.Retained));
    }

    [Fact]
    public async Task A_packet_beyond_the_limit_ends_its_connection_and_no_other()
    {
        var log = new CollectingLog();
        await using var broker = await EmbeddedBroker.StartAsync(0, TimeProvider.System, log);
        await using var sink = Some.Sink(Some.Options(0).AtLoopback(broker.Port));
        Assert.Null(await sink.ConnectAsync(Stop));
        using var rude = new TcpClient();
        await rude.ConnectAsync(IPAddress.Loopback, broker.Port, Stop);
        await rude.GetStream().WriteAsync(new byte[] { 0x10, 0xFF, 0xFF, 0xFF, 0x7F, 0, 4 }, Stop); // CONNECT of 268,435,455 bytes

        Assert.Equal(0, await ReadToEndAsync(rude.GetStream()));
        Assert.Contains(log.Lines, l => l.Contains("a packet of 268435455 bytes", StringComparison.Ordinal));
        Assert.Equal(DeliveryResult.All(1), await sink.SendAsync(Some.Entries(1), Stop));
    }

    [Fact]
    public async Task Bytes_that_are_no_mqtt_end_their_connection_and_nothing_else()
    {
        await using var broker = await StartAsync();
        await using var sink = Some.Sink(Some.Options(0).AtLoopback(broker.Port));
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            using var rude = new TcpClient();
            await rude.ConnectAsync(IPAddress.Loopback, broker.Port, Stop);
            var stream = rude.GetStream();
            var noise = new byte[random.Next(1, 200)];
            random.NextBytes(noise);
            if (i % 3 == 0) noise[0] = 0x10;
            await stream.WriteAsync(noise, Stop);
            End(rude.Client);
            await ReadToEndAsync(stream);
        }

        Assert.Equal(DeliveryResult.All(5), await sink.SendAsync(Some.Entries(5), Stop));
    }

    [Fact]
    public async Task More_sockets_than_it_serves_are_closed()
    {
        await using var broker = await StartAsync();
        var sockets = new List<TcpClient>();
        for (var i = 0; i < LoopbackListenerLimit + 5; i++)
        {
            var socket = new TcpClient();
            sockets.Add(socket);
            await socket.ConnectAsync(IPAddress.Loopback, broker.Port, Stop);
        }

        Assert.Equal(0, await ReadToEndAsync(sockets[^1].GetStream()));
        foreach (var socket in sockets) socket.Dispose();
    }

    private const int LoopbackListenerLimit = 128;

    private static Task<EmbeddedBroker> StartAsync() => EmbeddedBroker.StartAsync(0, TimeProvider.System, NullLogger.Instance);

    private static void End(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The broker was faster.
        }
    }

    private static async Task<int> ReadToEndAsync(NetworkStream stream)
    {
        var total = 0;
        var buffer = new byte[256];
        try
        {
            while (await stream.ReadAsync(buffer, Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(8), Stop) is var read and > 0) total += read;
        }
        catch (IOException)
        {
            // A reset is an end as well.
        }

        return total;
    }
}
