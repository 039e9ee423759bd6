using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeVision.Simulator;

/// <summary>Kestrel with one handler of JSON calls.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private const int MaxBodyBytes = 1 << 20;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _web;

    private LocalServer(WebApplication web) => _web = web;

    /// <summary>Where it listens, of TCP: with the port that 0 became.</summary>
    public Uri Address => new(_web.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    /// <param name="chunked">Asked for each answer: without Content-Length.</param>
    /// <exception cref="IOException">The address is taken, or not for this user.</exception>
    public static async Task<LocalServer> StartAsync(Action<KestrelServerOptions> listen, Func<Call, Task<Answer>> handle, Func<bool>? chunked = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            listen(kestrel);
        });
        var web = builder.Build();
        web.Run(context => HandleAsync(context, handle, chunked));
        try
        {
            await web.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            await web.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new LocalServer(web);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(StopTimeout);
        await _web.StopAsync(patience.Token).ConfigureAwait(false);
        await _web.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task HandleAsync(HttpContext context, Func<Call, Task<Answer>> handle, Func<bool>? chunked)
    {
        var answer = await AnswerAsync(context.Request, handle).ConfigureAwait(false);
        context.Response.StatusCode = answer.Status;
        if (answer.Body is not { } body) return;
        context.Response.ContentType = answer.ContentType;
        if (chunked?.Invoke() != true) context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task<Answer> AnswerAsync(HttpRequest request, Func<Call, Task<Answer>> handle)
    {
        using var body = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted).ConfigureAwait(false);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            return Answer.Error(e.StatusCode, $"The body cannot be read ({e.Message.TrimEnd('.')}); {MaxBodyBytes} bytes are allowed.");
        }

        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var (path, query) = Call.Split(target);
        return await handle(new Call(request.Method, path, query, request.ContentType, body.ToArray())).ConfigureAwait(false);
    }
}
