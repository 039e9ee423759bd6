using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>One Put Blob as a server saw it.</summary>
internal sealed record PutBlob(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>An HTTP server that notes every request and answers as it is told: status and x-ms-error-code.</summary>
internal sealed class BlobReceiver : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Func<PutBlob, (int Status, string? Error)> _answer;

    private BlobReceiver(HttpListener listener, int port, Func<PutBlob, (int Status, string? Error)> answer)
    {
        (_listener, Port, _answer) = (listener, port, answer);
        _ = RunAsync();
    }

    public int Port { get; }

    public Uri Container => new($"http://127.0.0.1:{Port}/account/evidence");

    public ConcurrentQueue<PutBlob> Requests { get; } = new();

    public static BlobReceiver Start(Func<PutBlob, (int Status, string? Error)> answer, int? port = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var at = port ?? Mqtt.Mosquitto.FreePort();
            var listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{at}/" } };
            try
            {
                listener.Start();
                return new BlobReceiver(listener, at, answer);
            }
            catch (HttpListenerException) when (attempt < 3)
            {
                listener.Close(); // somebody took the port in between
            }
        }
    }

    public void Dispose() => _listener.Close();

    private async Task RunAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var headers = context.Request.Headers;
            var put = new PutBlob(context.Request.HttpMethod, context.Request.Url!.AbsolutePath, context.Request.Url.Query,
                headers.AllKeys.ToDictionary(k => k!, k => headers[k]!, StringComparer.OrdinalIgnoreCase), body.ToArray());
            Requests.Enqueue(put);
            var (status, error) = _answer(put);
            context.Response.StatusCode = status;
            if (error is not null) context.Response.Headers["x-ms-error-code"] = error;
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client has gone, or the test is over.
        }
    }
}
