using System.Net;
using System.Net.Sockets;

namespace EdgeVision.IntegrationTests;

/// <summary>An HTTP server on a free port of loopback that answers as a test says.</summary>
internal sealed class HttpServerDouble : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Func<HttpListenerRequest, byte[], HttpListenerResponse, Task> _answer;

    private HttpServerDouble(HttpListener listener, int port, Func<HttpListenerRequest, byte[], HttpListenerResponse, Task> answer)
    {
        (_listener, Port, _answer) = (listener, port, answer);
        _ = RunAsync();
    }

    public int Port { get; }

    /// <param name="answer">Gets the request with its whole body.</param>
    /// <param name="port">Null for any that is free.</param>
    public static HttpServerDouble Start(Func<HttpListenerRequest, byte[], HttpListenerResponse, Task> answer, int? port = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var at = port ?? Mqtt.Mosquitto.FreePort();
            var listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{at}/" } };
            try
            {
                listener.Start();
                return new HttpServerDouble(listener, at, answer);
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
            await _answer(context.Request, body.ToArray(), context.Response);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client has gone, or the test is over.
        }
    }
}
