using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using EdgeVision.Cloud.Models;
using EdgeVision.Delivery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Cloud;

/// <summary>Kestrel in front of the models. Disposing it answers what runs and takes nothing new.</summary>
internal sealed partial class CloudServer : IAsyncDisposable
{
    private const int MaxConnections = 1024;

    private static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(10), DrainPatience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _web;
    private readonly ModelShelf _shelf;
    private readonly CloudRoutes _routes;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    private CloudServer(WebApplication web, ModelShelf shelf, CloudRoutes routes, TimeProvider time, ILogger log) => (_web, _shelf, _routes, _time, _log) = (web, shelf, routes, time, log);

    /// <summary>Where it listens, with the port that 0 became.</summary>
    public Uri Address => new(_web.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    public IReadOnlyList<ServedModel> Models => _shelf.Models;

    /// <summary>Listens at once, and is ready when all models are open.</summary>
    /// <exception cref="CloudException">A certificate cannot be used, or the address is taken.</exception>
    public static async Task<CloudServer> StartAsync(CloudOptions options, TimeProvider time, ILogger log)
    {
        var (certificate, authorities) = (LoadCertificate(options), LoadAuthorities(options));
        var shelf = ModelShelf.Open(options, time, log);
        var routes = new CloudRoutes(shelf, options, time, log);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, options, certificate, authorities));
        var web = builder.Build();
        web.Run(routes.HandleAsync);
        try
        {
            await web.StartAsync();
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await web.DisposeAsync();
            shelf.Dispose();
            throw new CloudException($"{options.Address}:{options.Port} cannot be listened on ({e.Message.TrimEnd('.')}). Free the port, or name another with EdgeVision:Port.", e);
        }

        var server = new CloudServer(web, shelf, routes, time, log);
        routes.IsReady = true;
        Listens(log, server.Address, string.Join(", ", shelf.Models.Select(static m => $"{m.Name}@{m.Version}")));
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _routes.IsReady = false;
        Drains(_log);
        using var patience = new CancellationTokenSource(DrainPatience, _time);
        await _web.StopAsync(patience.Token);
        await _web.DisposeAsync();
        _shelf.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, CloudOptions options, X509Certificate2? certificate, X509Certificate2Collection? authorities)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxRequestBytes;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.RequestHeadersTimeout = HeaderPatience;
        kestrel.Listen(options.Address, options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            if (certificate is null) return;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = certificate,
                SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ClientCertificateMode = authorities is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = (client, _, _) => authorities is null || IsTrusted(client, authorities),
            });
        });
    }

    private static bool IsTrusted(X509Certificate2 client, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.2"));
        return chain.Build(client);
    }

    private static X509Certificate2? LoadCertificate(CloudOptions options)
    {
        if (!options.IsTls) return null;
        return PemFile.TryLoadClient(options.CertificateFile!, options.KeyFile!, out var certificate, out var error) ? certificate : throw new CloudException(error);
    }

    private static X509Certificate2Collection? LoadAuthorities(CloudOptions options)
    {
        if (options.ClientCaFile is null) return null;
        return PemFile.TryLoadAuthorities(options.ClientCaFile, out var authorities, out var error) ? authorities : throw new CloudException(error);
    }

    [LoggerMessage(EventIds.CloudListens, LogLevel.Information, "Inference is answered at {Address}: {Models}.")]
    private static partial void Listens(ILogger log, Uri address, string models);

    [LoggerMessage(EventIds.CloudDrains, LogLevel.Information, "The server ends: what runs is answered, nothing new is taken.")]
    private static partial void Drains(ILogger log);
}
