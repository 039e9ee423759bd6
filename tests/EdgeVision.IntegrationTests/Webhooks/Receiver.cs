using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace EdgeVision.IntegrationTests.Webhooks;

/// <summary>One POST as a server saw it.</summary>
internal sealed record Posted(string Path, string ContentType, string? Timestamp, string? Signature, byte[] Body)
{
    public List<long> Sequences => [.. JsonDocument.Parse(Body).RootElement.EnumerateArray().Select(e => long.Parse(e.GetProperty("sequence").GetString()!, System.Globalization.CultureInfo.InvariantCulture))];
}

/// <summary>An HTTP server that notes every request and answers as it is told.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Func<Posted, HttpListenerResponse, Task> _answer;

    private Receiver(HttpListener listener, int port, Func<Posted, HttpListenerResponse, Task> answer)
    {
        (_listener, Port, _answer) = (listener, port, answer);
        _ = RunAsync();
    }

    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}/hook?key=secret");

    public ConcurrentQueue<Posted> Requests { get; } = new();

    /// <summary>Answers with a status code.</summary>
    public static Receiver Start(Func<Posted, int> answer) => Start((posted, response) =>
    {
        response.StatusCode = answer(posted);
        return Task.CompletedTask;
    });

    public static Receiver Start(Func<Posted, HttpListenerResponse, Task> answer)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = Mqtt.Mosquitto.FreePort();
            var listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
            try
            {
                listener.Start();
                return new Receiver(listener, port, answer);
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
            var posted = new Posted(context.Request.Url!.AbsolutePath, context.Request.ContentType ?? "", headers["EdgeVision-Timestamp"], headers["EdgeVision-Signature"], body.ToArray());
            Requests.Enqueue(posted);
            await _answer(posted, context.Response);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client has gone, or the test is over.
        }
    }
}
