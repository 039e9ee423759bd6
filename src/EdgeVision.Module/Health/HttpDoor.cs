using System.Net;
using System.Text;
using EdgeVision.Delivery;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EdgeVision.Module.Health;

/// <summary>
/// Kestrel with a few pages that can only be read: no body in, few connections, short patience. Without a host around it, which would take the
/// process's signals.
/// </summary>
internal sealed partial class HttpDoor : IHttpApplication<IFeatureCollection>
{
    private const int MaxConnections = 64, MaxHeaderBytes = 8192;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), KeepAlive = TimeSpan.FromSeconds(30), StopTimeout = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1), LastRetry = TimeSpan.FromSeconds(30);

    private readonly HttpOptions _options;
    private readonly IReadOnlyDictionary<string, Func<HttpPage>> _pages;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <param name="options">Where; with a port.</param>
    /// <param name="pages">By path; asked for each request.</param>
    /// <param name="time">Measures waits.</param>
    /// <param name="log">Told where it listens, or that it cannot.</param>
    public HttpDoor(HttpOptions options, IReadOnlyDictionary<string, Func<HttpPage>> pages, TimeProvider time, ILogger log) => (_options, _pages, _time, _log) = (options, pages, time, log);

    /// <summary>Answers until <paramref name="stopping"/>; a port that is taken is told once, and tried again until it is free.</summary>
    /// <param name="stopping">The end.</param>
    /// <param name="listening">Told where; the port may be one that 0 became.</param>
    public async Task RunAsync(CancellationToken stopping, Action<Uri>? listening = null)
    {
        var retry = new RetrySchedule(FirstRetry, LastRetry, Random.Shared);
        while (await TryServeAsync(listening, stopping) is { } taken)
        {
            if (retry.Attempts == 0) PortTaken(_log, _options.Address, _options.Port, taken.Message.TrimEnd('.'));
            await Task.Delay(retry.Next(), _time, stopping);
        }
    }

    /// <summary>Returns only why it cannot listen.</summary>
    private async Task<Exception?> TryServeAsync(Action<Uri>? listening, CancellationToken stopping)
    {
        using var server = new KestrelServer(Options.Create(Settings()), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
        try
        {
            await server.StartAsync(this, stopping);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            return e;
        }

        var at = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        Listens(_log, at);
        listening?.Invoke(new Uri(at));
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, stopping);
            return null;
        }
        finally
        {
            using var patience = new CancellationTokenSource(StopTimeout, _time);
            await server.StopAsync(patience.Token);
        }
    }

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var request = context.GetRequiredFeature<IHttpRequestFeature>();
        var page = Answer(request);
        var body = Encoding.UTF8.GetBytes(page.Text);
        var response = context.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = page.Status;
        response.Headers.ContentType = page.ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentLength = body.Length;
        if (page.Status == (int)HttpStatusCode.MethodNotAllowed) response.Headers.Allow = "GET, HEAD";
        if (request.Method != "HEAD") await context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(body);
    }

    private HttpPage Answer(IHttpRequestFeature request)
    {
        if (request.Method is not ("GET" or "HEAD")) return HttpPage.Said((int)HttpStatusCode.MethodNotAllowed, "This page can only be read: use GET.");
        return _pages.TryGetValue(request.Path, out var page) ? page() : HttpPage.Said((int)HttpStatusCode.NotFound, $"There is no such page; there are {string.Join(", ", _pages.Keys)}.");
    }

    private KestrelServerOptions Settings()
    {
        var settings = new KestrelServerOptions { AddServerHeader = false };
        settings.Limits.MaxConcurrentConnections = MaxConnections;
        settings.Limits.MaxRequestBodySize = 0;
        settings.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        settings.Limits.MaxRequestLineSize = MaxHeaderBytes / 2;
        settings.Limits.RequestHeadersTimeout = Patience;
        settings.Limits.KeepAliveTimeout = KeepAlive;
        settings.Listen(_options.Address, _options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        return settings;
    }

    [LoggerMessage(EventIds.HttpListens, LogLevel.Information, "Health and metrics: {Address}/healthz, /readyz, /metrics.")]
    private static partial void Listens(ILogger log, string address);

    [LoggerMessage(EventIds.HttpPortTaken, LogLevel.Warning,
        "Health and metrics are not answered: {Address}:{Port} cannot be listened on ({Reason}). Free the port, or name another with EdgeVision:Http:Port (0 for none). It is tried again; the node runs on.")]
    private static partial void PortTaken(ILogger log, IPAddress address, int port, string reason);
}
