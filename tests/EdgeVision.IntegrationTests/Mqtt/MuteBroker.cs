using System.Net;
using System.Net.Sockets;

namespace EdgeVision.IntegrationTests.Mqtt;

/// <summary>Welcomes every client and never says another word, as a broker does whose disk or process hangs.</summary>
internal sealed class MuteBroker : IAsyncDisposable
{
    /// <summary>CONNACK of MQTT 5.0: success, no properties.</summary>
    private static readonly byte[] Welcome = [0x20, 3, 0, 0, 0];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _clients = [];
    private readonly Task _accepting;

    public MuteBroker()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Something came after a CONNECT, and waits for its answer.</summary>
    public Task Published => _published.Task;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        await Task.WhenAll(_clients);
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _clients.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        var bytes = new byte[4096];
        try
        {
            if (await client.GetStream().ReadAsync(bytes, _end.Token) == 0) return;
            await client.GetStream().WriteAsync(Welcome, _end.Token);
            while (await client.GetStream().ReadAsync(bytes, _end.Token) > 0) _published.TrySetResult();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client is gone, or the test is over.
        }
    }
}
