using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>A workload API on a unix socket that answers as it is told; status 0 closes without an answer.</summary>
internal sealed class WorkloadDouble : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string, (int Status, string Body)> _answer;
    private readonly bool _isChunked;
    private readonly Task _running;

    public WorkloadDouble(string path, Func<string, string, (int Status, string Body)> answer, bool isChunked)
    {
        (_answer, _isChunked) = (answer, isChunked);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _running = AcceptAsync();
    }

    /// <summary>First lines.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _running;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptAsync(_stop.Token);
                await using var stream = new NetworkStream(client);
                await AnswerAsync(stream);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var first = await reader.ReadLineAsync(_stop.Token) ?? "";
        Requests.Enqueue(first);
        var length = 0;
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) length = int.Parse(header[15..], System.Globalization.CultureInfo.InvariantCulture);
        var body = new char[length];
        if (length > 0) await reader.ReadBlockAsync(body, _stop.Token);
        var (status, text) = _answer(first, new string(body));
        if (status == 0) return;
        var bytes = Encoding.UTF8.GetByteCount(text);
        var answer = _isChunked
            ? $"HTTP/1.1 {status} X\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{bytes:x}\r\n{text}\r\n0\r\n\r\n"
            : $"HTTP/1.1 {status} X\r\nContent-Length: {bytes}\r\nConnection: close\r\n\r\n{text}";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), _stop.Token);
    }
}
