using System.Collections.Concurrent;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>One Put Blob as a server saw it.</summary>
internal sealed record PutBlob(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>A storage service that notes every request and answers as it is told: status and x-ms-error-code.</summary>
internal sealed class BlobReceiver : IDisposable
{
    private readonly HttpServerDouble _server;

    private BlobReceiver(Func<PutBlob, (int Status, string? Error)> answer, int? port) => _server = HttpServerDouble.Start((request, body, response) =>
    {
        var headers = request.Headers;
        var put = new PutBlob(request.HttpMethod, request.Url!.AbsolutePath, request.Url.Query, headers.AllKeys.ToDictionary(k => k!, k => headers[k]!, StringComparer.OrdinalIgnoreCase), body);
        Requests.Enqueue(put);
        (response.StatusCode, var error) = answer(put);
        if (error is not null) response.Headers["x-ms-error-code"] = error;
        return Task.CompletedTask;
    }, port);

    public int Port => _server.Port;

    public Uri Container => new($"http://127.0.0.1:{Port}/account/evidence");

    public ConcurrentQueue<PutBlob> Requests { get; } = new();

    public static BlobReceiver Start(Func<PutBlob, (int Status, string? Error)> answer, int? port = null) => new(answer, port);

    public void Dispose() => _server.Dispose();
}
