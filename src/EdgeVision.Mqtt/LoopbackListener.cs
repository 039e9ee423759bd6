using System.Net;
using System.Net.Sockets;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Server;

namespace EdgeVision.Mqtt;

/// <summary>
/// Accepts clients of the embedded broker on 127.0.0.1 and, where there is one, on ::1 of the same port; nothing else can be asked for.
/// In place of MQTTnet's own listener, because that one knows no limit of connections and reads packets of any size.
/// </summary>
internal sealed class LoopbackListener : IMqttServerAdapter
{
    private const int Backlog = 64;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _sockets = [];
    private readonly Action<EndPoint?, int> _tooLarge;
    private readonly List<Task> _accepting = [];
    private int _connections;

    private LoopbackListener(Action<EndPoint?, int> tooLarge) => _tooLarge = tooLarge;

    /// <summary>Sockets open at once, said CONNECT or not.</summary>
    public const int MaxConnections = 128;

    public int Port { get; private set; }

    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <summary>Null when the port is taken.</summary>
    /// <param name="port">0 means any free one.</param>
    /// <param name="tooLarge">Hears of packets beyond the limit: who, and how many bytes.</param>
    /// <exception cref="SocketException">No port at all can be had.</exception>
    public static LoopbackListener? TryBind(int port, Action<EndPoint?, int> tooLarge)
    {
        var listener = new LoopbackListener(tooLarge);
        try
        {
            listener.Port = listener.Bind(AddressFamily.InterNetwork, IPAddress.Loopback, port);
            if (Socket.OSSupportsIPv6) listener.TryBindIPv6();
            return listener;
        }
        catch (SocketException e) when (port != 0 && e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            listener.Dispose();
            return null;
        }
    }

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        foreach (var socket in _sockets) _accepting.Add(AcceptAsync(socket, options, logger));
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var socket in _sockets) socket.Dispose();
        await Task.WhenAll(_accepting).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var socket in _sockets) socket.Dispose();
    }

    private int Bind(AddressFamily family, IPAddress address, int port)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        if (family == AddressFamily.InterNetworkV6) socket.DualMode = false;
        socket.Bind(new IPEndPoint(address, port));
        // At once: until then another process may bind the same port (SO_REUSEADDR), and the second to listen is refused.
        socket.Listen(Backlog);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>A machine without ::1, or with another server there, is served on 127.0.0.1 alone.</summary>
    private void TryBindIPv6()
    {
        try
        {
            Bind(AddressFamily.InterNetworkV6, IPAddress.IPv6Loopback, Port);
        }
        catch (SocketException)
        {
            _sockets[^1].Dispose();
            _sockets.RemoveAt(_sockets.Count - 1);
        }
    }

    private async Task AcceptAsync(Socket listener, MqttServerOptions options, IMqttNetLogger logger)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                if (Interlocked.Increment(ref _connections) > MaxConnections)
                {
                    client.Dispose();
                    Interlocked.Decrement(ref _connections);
                    continue;
                }

                _ = ServeAsync(client, options, logger); // owned by the server, which closes every connection as it stops
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // The listener ends by its token; a client that is gone before it was accepted is no matter.
            }
        }
    }

    private async Task ServeAsync(Socket client, MqttServerOptions options, IMqttNetLogger logger)
    {
        try
        {
            client.NoDelay = true;
            await using var stream = new NetworkStream(client, ownsSocket: true);
            using var channel = new PacketLimit(new MqttTcpChannel(stream, client.LocalEndPoint!, client.RemoteEndPoint!, null), _tooLarge);
            using var adapter = new MqttChannelAdapter(channel, new MqttPacketFormatterAdapter(new MqttBufferWriter(options.WriterBufferSize, options.WriterBufferSizeMax)), logger);
            if (ClientHandler is { } handler) await handler(new ClientIdAssigner(adapter)).ConfigureAwait(false);
        }
        catch (Exception e) when (MqttFailure.IsExpected(e))
        {
            // A client that goes away in its own manner; the server has already ended its session.
        }
        finally
        {
            client.Dispose();
            Interlocked.Decrement(ref _connections);
        }
    }
}
