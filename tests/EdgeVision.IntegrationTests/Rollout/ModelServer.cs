using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeVision.IntegrationTests.Rollout;

/// <summary>What a server was asked for.</summary>
internal sealed record Asked(string PathAndQuery, string? Range, string? IfRange);

/// <summary>A web server with one file, as bad as a test wants it: each request takes the next behaviour, the last one stays.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _behaviours;

    private ModelServer(WebApplication web, Func<HttpContext, Task>[] behaviours)
    {
        (_web, _behaviours) = (web, new ConcurrentQueue<Func<HttpContext, Task>>(behaviours));
        web.Run(context =>
        {
            Requests.Add(new Asked(context.Request.Path + context.Request.QueryString.ToString(), context.Request.Headers.Range, context.Request.Headers.IfRange));
            var behaviour = _behaviours.TryPeek(out var next) ? next : throw new InvalidOperationException("No behaviour.");
            if (_behaviours.Count > 1) _behaviours.TryDequeue(out _);
            return behaviour(context);
        });
    }

    public BlockingCollection<Asked> Requests { get; } = [];

    public Uri Url { get; private set; } = null!;

    public static Task<ModelServer> StartAsync(params Func<HttpContext, Task>[] behaviours) => StartAsync(null, behaviours);

    /// <summary>Over TLS, as localhost.</summary>
    public static async Task<ModelServer> StartAsync(X509Certificate2? certificate, params Func<HttpContext, Task>[] behaviours)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (certificate is not null) listen.UseHttps(certificate);
            });
        });
        var server = new ModelServer(builder.Build(), behaviours);
        await server._web.StartAsync(TestContext.Current.CancellationToken);
        server.Url = new Uri(server._web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single().Replace("https://127.0.0.1", "https://localhost", StringComparison.Ordinal) + "/fleet/toy-1.evmodel?sig=SECRET");
        return server;
    }

    /// <summary>As a good server: ranges, with If-Range honoured. After so many bytes of an answer the connection may break.</summary>
    public static Func<HttpContext, Task> File(byte[] bytes, string? etag = "\"v1\"", int? cutAfter = null) => async context =>
    {
        var from = 0;
        if (etag is not null) context.Response.Headers.ETag = etag;
        if (context.Request.Headers.Range.ToString() is ['b', 'y', 't', 'e', 's', '=', .. var range] && context.Request.Headers.IfRange == etag)
        {
            from = int.Parse(range.Split('-')[0], CultureInfo.InvariantCulture);
            if (from >= bytes.Length)
            {
                context.Response.StatusCode = 416;
                context.Response.Headers.ContentRange = $"bytes */{bytes.Length}";
                return;
            }

            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{bytes.Length - 1}/{bytes.Length}";
        }

        context.Response.ContentLength = bytes.Length - from;
        await context.Response.Body.WriteAsync(bytes.AsMemory(from, Math.Min(bytes.Length - from, cutAfter ?? int.MaxValue)));
        await context.Response.Body.FlushAsync();
        // Fewer bytes than promised: Kestrel lets those arrive and ends the connection.
        if (cutAfter < bytes.Length - from) return;
    };

    /// <summary>So many bytes and then nothing, until the client goes.</summary>
    public static Func<HttpContext, Task> Stall(byte[] bytes, int after, TaskCompletionSource stalled) => async context =>
    {
        context.Response.Headers.ETag = "\"v1\"";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes.AsMemory(0, after));
        await context.Response.Body.FlushAsync();
        stalled.TrySetResult();
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    };

    public static Func<HttpContext, Task> Status(int code, params (string Name, string Value)[] headers) => context =>
    {
        context.Response.StatusCode = code;
        foreach (var (name, value) in headers) context.Response.Headers[name] = value;
        return Task.CompletedTask;
    };

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        Requests.Dispose();
    }
}
