using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Server;

namespace EdgeVision.Simulator.Hub;

/// <summary>
/// Accepts TLS clients on 127.0.0.1 and, where there is one, ::1. In place of MQTTnet's own listener, which neither tells the port that 0 became
/// nor can end connections the hard way a killed process does.
/// </summary>
internal sealed class TlsListener : IMqttServerAdapter
{
    private const int Backlog = 128;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _listeners = [];
    private readonly List<Task> _accepting = [];
    private readonly ConcurrentDictionary<Socket, byte> _clients = new();
    private readonly Func<X509Certificate2> _certificate;
    private readonly TimeProvider _time;
    private bool _isDisposed;

    private TlsListener(Func<X509Certificate2> certificate, TimeProvider time) => (_certificate, _time) = (certificate, time);

    public int Port { get; private set; }

    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <param name="certificate">Asked for each connection.</param>
    /// <exception cref="SocketException">The port is taken, or not for this user.</exception>
    public static TlsListener Bind(int port, Func<X509Certificate2> certificate, TimeProvider time)
    {
        var listener = new TlsListener(certificate, time);
        try
        {
            listener.Port = listener.Listen(IPAddress.Loopback, port);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new SocketException((int)e.SocketErrorCode, $"port {port}: {e.Message}");
        }

        try
        {
            if (Socket.OSSupportsIPv6) listener.Listen(IPAddress.IPv6Loopback, listener.Port);
        }
        catch (SocketException)
        {
            listener._listeners[^1].Dispose(); // a machine without ::1
        }

        return listener;
    }

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        foreach (var socket in _listeners) _accepting.Add(AcceptAsync(socket, options, logger));
        return Task.CompletedTask;
    }

    /// <summary>Resets every connection (RST, no TLS goodbye), as the end of a process with unread bytes does.</summary>
    public void Abort()
    {
        _stop.Cancel();
        foreach (var listener in _listeners) listener.Dispose();
        foreach (var client in _clients.Keys)
        {
            try
            {
                client.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Gone already.
            }

            client.Dispose();
        }
    }

    public async Task StopAsync()
    {
        Abort();
        await Task.WhenAll(_accepting).ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Abort();
        _stop.Dispose();
    }

    private int Listen(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listeners.Add(socket);
        if (address.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen(Backlog);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task AcceptAsync(Socket listener, MqttServerOptions options, IMqttNetLogger logger)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _clients.TryAdd(client, 0);
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
            await using var stream = new SslStream(new NetworkStream(client, ownsSocket: false));
            using (var patience = new CancellationTokenSource(options.DefaultCommunicationTimeout, _time))
                await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate() }, patience.Token).ConfigureAwait(false);
            using var channel = new MqttTcpChannel(stream, client.LocalEndPoint!, client.RemoteEndPoint!, null);
            using var adapter = new MqttChannelAdapter(channel, new MqttPacketFormatterAdapter(new MqttBufferWriter(options.WriterBufferSize, options.WriterBufferSizeMax)), logger);
            if (ClientHandler is { } handler) await handler(adapter).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or SocketException or OperationCanceledException or ObjectDisposedException or MQTTnet.Exceptions.MqttCommunicationException)
        {
            // A client that goes away in its own manner, does not trust the certificate, or speaks no TLS.
        }
        finally
        {
            _clients.TryRemove(client, out _);
            client.Dispose();
        }
    }
}
