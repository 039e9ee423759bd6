using System.Net;
using System.Net.Sockets;
using EdgeVision.Delivery;
using EdgeVision.Mqtt;

namespace EdgeVision.IntegrationTests.Mqtt;

public sealed class MqttVersionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> OldBrokers => new("refuses the version", "closes the connection");

    [Theory]
    [MemberData(nameof(OldBrokers))]
    public async Task A_broker_that_knows_only_3_1_1_gets_that(string how)
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/gate-7/door/#");
        using var old = new OldBroker(broker.Port, answers: how == "refuses the version");
        var log = new CollectingLog();
        await using var sink = Some.Sink(Some.Options(old.Port), log);

        Assert.Equal(DeliveryResult.All(30), await sink.SendAsync(Some.Entries(30), Stop));

        Assert.Equal(Enumerable.Range(1, 30).Select(i => (long)i), (await consumer.TakeAsync(30)).Select(Some.SequenceOf));
        Assert.Contains(log.Lines, l => l.EndsWith("MQTT 3.1.1.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broker_of_3_1_1_gets_structured_events_and_that_is_said_once()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/gate-7/door/#");
        using var old = new OldBroker(broker.Port, answers: true);
        var log = new CollectingLog();
        await using var sink = Some.Sink(Some.Options(old.Port) with { ContentMode = MqttContentMode.Binary }, log);

        Assert.Equal(DeliveryResult.All(1), await sink.SendAsync(Some.Entries(1), Stop));
        await broker.StopAsync();
        await sink.SendAsync(Some.Entries(1, from: 2), Stop);
        await broker.StartAgainAsync();
        await using var again = await MosquittoSub.StartAsync(broker.Port, "edgevision/gate-7/door/#");
        Assert.Equal(DeliveryResult.All(1), await sink.SendAsync(Some.Entries(1, from: 2), Stop));

        Assert.Equal(1, Some.SequenceOf(await consumer.NextAsync()));
        Assert.Equal(2, Some.SequenceOf(await again.NextAsync()));
        Assert.Single(log.Lines, l => l.Contains("structured content mode", StringComparison.Ordinal));
    }

    /// <summary>In front of a real broker: turns CONNECT of MQTT 5.0 away as brokers of the year 2015 do, and passes 3.1.1 through.</summary>
    private sealed class OldBroker : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly int _behind;
        private readonly bool _answers;

        public OldBroker(int behind, bool answers)
        {
            (_behind, _answers) = (behind, answers);
            _listener.Start();
            _ = RunAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Dispose() => _listener.Dispose();

        private async Task RunAsync()
        {
            try
            {
                while (true) await ServeAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                // The end of the test.
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            var stream = client.GetStream();
            var buffer = new byte[1024];
            var read = await stream.ReadAsync(buffer);
            var level = buffer[buffer.AsSpan(0, read).IndexOf("MQTT"u8) + 4];
            if (level == 5)
            {
                if (_answers) await stream.WriteAsync(new byte[] { 0x20, 2, 0, 1 }); // CONNACK: unacceptable protocol version
                client.Dispose();
                return;
            }

            var broker = new TcpClient();
            try
            {
                await broker.ConnectAsync(IPAddress.Loopback, _behind);
            }
            catch (SocketException)
            {
                client.Dispose(); // away for now
                return;
            }

            await broker.GetStream().WriteAsync(buffer.AsMemory(0, read));
            _ = CarryAsync(stream, broker.GetStream());
            _ = CarryAsync(broker.GetStream(), stream);
        }

        private static async Task CarryAsync(NetworkStream from, NetworkStream to)
        {
            try
            {
                await from.CopyToAsync(to);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // One side is gone.
            }

            to.Dispose();
        }
    }
}
