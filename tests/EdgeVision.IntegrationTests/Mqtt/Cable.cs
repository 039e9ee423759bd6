using System.Net;
using System.Net.Sockets;

namespace EdgeVision.IntegrationTests.Mqtt;

/// <summary>A network cable between a client and a broker on loopback that a test can cut.</summary>
internal sealed class Cable : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly List<Socket> _sockets = [];
    private readonly Task _running;
    private volatile bool _swallowing;

    public Cable(int brokerPort)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _running = RunAsync(brokerPort);
    }

    public int Port { get; }

    /// <summary>Both ends see a reset; new connections are carried.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            foreach (var socket in _sockets)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }

            _sockets.Clear();
            _swallowing = false;
        }
    }

    /// <summary>What is connected stays so and carries nothing, as through a router that has forgotten it, until <see cref="Cut"/>.</summary>
    public void Swallow() => _swallowing = true;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        Cut();
        await _running;
    }

    private async Task RunAsync(int brokerPort)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_end.Token);
                var broker = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await broker.ConnectAsync(new IPEndPoint(IPAddress.Loopback, brokerPort), _end.Token);
                lock (_lock) _sockets.AddRange([client, broker]);
                _ = CarryAsync(client, broker);
                _ = CarryAsync(broker, client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        try
        {
            var buffer = new byte[16384];
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                if (!_swallowing) await to.SendAsync(buffer.AsMemory(0, read));
            }

            if (_swallowing) return;
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // Cut.
        }
    }
}
