using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace EdgeVision.IntegrationTests.Webhooks;

/// <summary>One POST as a server saw it.</summary>
internal sealed record Posted(string Path, string ContentType, string? Timestamp, string? Signature, byte[] Body)
{
    public List<long> Sequences => [.. JsonDocument.Parse(Body).RootElement.EnumerateArray().Select(e => long.Parse(e.GetProperty("sequence").GetString()!, System.Globalization.CultureInfo.InvariantCulture))];
}

/// <summary>The other side of a webhook: notes every request and answers as it is told.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpServerDouble _server;

    private Receiver(Func<Posted, HttpListenerResponse, Task> answer) => _server = HttpServerDouble.Start((request, body, response) =>
    {
        var posted = new Posted(request.Url!.AbsolutePath, request.ContentType ?? "", request.Headers["EdgeVision-Timestamp"], request.Headers["EdgeVision-Signature"], body);
        Requests.Enqueue(posted);
        return answer(posted, response);
    });

    public int Port => _server.Port;

    public Uri Url => new($"http://127.0.0.1:{Port}/hook?key=secret");

    public ConcurrentQueue<Posted> Requests { get; } = new();

    /// <summary>Answers with a status code.</summary>
    public static Receiver Start(Func<Posted, int> answer) => Start((posted, response) =>
    {
        response.StatusCode = answer(posted);
        return Task.CompletedTask;
    });

    public static Receiver Start(Func<Posted, HttpListenerResponse, Task> answer) => new(answer);

    public void Dispose() => _server.Dispose();
}
