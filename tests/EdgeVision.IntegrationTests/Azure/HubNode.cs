using System.Text;
using System.Threading.Channels;
using EdgeVision.Azure.Hub;
using EdgeVision.Azure.Identity;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.IntegrationTests.Simulator;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>Our side of a hub: a connection by the environment that the simulator writes, its sink, and what came in.</summary>
internal sealed class HubNode : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<HubArrival> _arrived = Channel.CreateUnbounded<HubArrival>();
    private readonly Task _running;

    private HubNode(HubLogin login, HubOptions options)
    {
        Connection = new IotHubConnection(login, options, TimeProvider.System, NullLogger.Instance, new Random(1));
        Sink = new IotHubSink(Connection, options, Usage, TimeProvider.System);
        _running = Connection.RunAsync((link, ready, alive) =>
        {
            ready();
            return ReadAsync(link, alive);
        }, _stop.Token);
    }

    public IotHubConnection Connection { get; }

    public HubUsage Usage { get; } = new(TimeProvider.System);

    public IotHubSink Sink { get; }

    public static HubNode Start(Simulated hub, Func<HubOptions, HubOptions>? with = null)
    {
        var login = EdgeEnvironment.Read(hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value), TimeProvider.System, out var error);
        Assert.True(login is not null, error);
        return Start(login, hub.Simulator.Port, with);
    }

    public static HubNode Start(HubLogin login, int port, Func<HubOptions, HubOptions>? with = null)
    {
        // What a test sends goes; what lingers is HubLingerTests' affair.
        var options = new HubOptions { Port = port, Timeout = TimeSpan.FromSeconds(10), Linger = TimeSpan.Zero };
        return new HubNode(login, with?.Invoke(options) ?? options);
    }

    /// <summary>The next of a kind that the hub sent.</summary>
    public async Task<T> ArrivedAsync<T>()
        where T : HubArrival
    {
        while (true)
        {
            if (await _arrived.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Simulated.Patience, TestContext.Current.CancellationToken) is T wanted) return wanted;
        }
    }

    public async Task<HubLinkStatus> UntilAsync(Func<HubLinkStatus, bool> isWanted)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isWanted(Connection.Status))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Simulated.Patience, $"{Connection.Status}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        return Connection.Status;
    }

    /// <summary>As the delivery loop does: again until all are taken.</summary>
    public async Task DeliverAsync(IReadOnlyList<OutboxEntry> entries)
    {
        for (var from = 0; from < entries.Count;)
        {
            var result = await Sink.SendAsync([.. entries.Skip(from)], TestContext.Current.CancellationToken);
            Assert.NotEqual(DeliveryOutcome.Rejected, result.Outcome);
            from += result.Accepted;
        }
    }

    public static OutboxEntry[] Events(int count, int first = 1) => [.. Enumerable.Range(first, count).Select(n => new OutboxEntry(
        n, n, new Guid(n, 0, 0, new byte[8]), EventFamily.Frame, "io.edgevision.frame.v1", "door", Severity.Info, DateTimeOffset.UnixEpoch,
        Encoding.UTF8.GetBytes($$"""{"n":{{n}},"p":"{{new string('x', 1000)}}"}""")))];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running.WaitAsync(Simulated.Patience, CancellationToken.None));
        await Connection.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ReadAsync(HubLink link, CancellationToken alive)
    {
        await foreach (var (arrival, _) in link.Inbound.ReadAllAsync(alive)) _arrived.Writer.TryWrite(arrival);
    }
}
