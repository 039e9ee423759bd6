using System.Security.Cryptography.X509Certificates;
using EdgeVision.Azure.Identity;
using EdgeVision.Delivery;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Azure.Hub;

/// <summary>
/// Keeps one link to an edgeHub or IoT Hub open, for ever: connects, subscribes, renews the token ahead of its end, and after any end of a link
/// tries again, 1 to 60 s apart with full jitter. It alone opens links, so that two never fight for the identity.
/// </summary>
public sealed partial class IotHubConnection : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1), LastRetry = TimeSpan.FromSeconds(60);

    /// <summary>A link that lasted so long was good: the next attempt comes soon again. One that was let in and thrown out at once was not.</summary>
    private static readonly TimeSpan Stable = TimeSpan.FromMinutes(1);

    /// <summary>So many links in a row that were let in and thrown out soon are no accident: two clients fight for one identity.</summary>
    private const int FightingLinks = 3;

    /// <summary>Part of a token's life that is left when it is renewed, at a moment without telemetry on its way; at half of that such a moment is made.</summary>
    private const double RenewalShare = 0.2;

    private static readonly TimeSpan RenewalPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>Telemetry goes on after the first words of a link (the twin), but does not wait longer for them.</summary>
    private static readonly TimeSpan FirstWords = TimeSpan.FromSeconds(10);

    private readonly HubLogin _login;
    private readonly HubOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly RetrySchedule _retry;
    private readonly Lock _gate = new();
    private X509Certificate2Collection? _authorities;
    private TaskCompletionSource<HubLink> _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HubLinkStatus _status;
    private int _shortLinks;
    private int _onTheirWay;

    /// <param name="login">Who this node is; the connection's from now on.</param>
    /// <param name="options">Checked.</param>
    /// <param name="time">Waits and token times.</param>
    /// <param name="log">Each change of state is a line.</param>
    /// <param name="random">The jitter; seeded in tests.</param>
    public IotHubConnection(HubLogin login, HubOptions options, TimeProvider time, ILogger log, Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(login);
        ArgumentNullException.ThrowIfNull(time);
        (_login, _options, _time, _log) = (login, options, time, log);
        _retry = new RetrySchedule(FirstRetry, LastRetry, random ?? Random.Shared);
        _status = new HubLinkStatus(HubLinkState.Connecting, null, time.GetUtcNow(), null, 0);
    }

    public HubIdentity Identity => _login.Identity;

    public HubLinkStatus Status
    {
        get
        {
            lock (_gate) return _status;
        }
    }

    /// <summary>Keeps the link until <paramref name="stopping"/>; what the hub sends is the desk's.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public Task RunAsync(HubDesk desk, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(desk);
        return RunAsync(desk.ServeAsync, stopping);
    }

    /// <summary>
    /// Keeps the link until <paramref name="stopping"/>. <paramref name="handle"/> runs once for each link, from its SUBACK until it ends; telemetry goes on
    /// when it calls the action.
    /// </summary>
    internal async Task RunAsync(Func<HubLink, Action, CancellationToken, Task> handle, CancellationToken stopping)
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            Say(HubLinkState.Connecting, Status.Reason, null);
            var (link, token, failure) = await OpenAsync(stopping).ConfigureAwait(false);
            var reason = link is null ? failure!.Reason : await KeepAsync(link, token, handle, stopping).ConfigureAwait(false);
            if (reason is null) continue;     // renewed on purpose: at once
            var wait = _retry.Next();
            Say(HubLinkState.Waiting, reason, _time.GetUtcNow() + wait);
            Failed(_log, reason, wait.TotalSeconds);
            await Task.Delay(wait, _time, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>The link, as soon as there is one. Telemetry is on its way over it until the result is disposed: a token is not renewed meanwhile, unless it must.</summary>
    internal async ValueTask<Travelling> TravelAsync(CancellationToken stopping)
    {
        while (true)
        {
            Task<HubLink> up;
            lock (_gate) up = _up.Task;
            var link = await up.WaitAsync(stopping).ConfigureAwait(false);
            lock (_gate)
            {
                if (_up.Task != up) continue;     // gone while it was told of
                _onTheirWay++;
            }

            return new Travelling(this, link);
        }
    }

    public ValueTask DisposeAsync()
    {
        Forget(_authorities);
        _login.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<(HubLink? Link, SasToken? Token, HubFailure? Failure)> OpenAsync(CancellationToken stopping)
    {
        SasToken? token = null;
        if (_login.Signer is { } signer)
        {
            (token, var error) = await SasToken.CreateAsync(_login.Identity, signer, _options.TokenLifetime, _time, stopping).ConfigureAwait(false);
            if (token is null) return (null, null, new HubFailure(error!));
        }

        // At each connect: a certificate that was renewed is found by itself.
        using var certificate = _login.HasCertificate ? Certificate(out var missing) : None(out missing);
        if (missing is not null) return (null, null, new HubFailure(missing));
        for (var attempt = 1; ; attempt++)
        {
            if (await TrustAsync(stopping).ConfigureAwait(false) is { } untrusting) return (null, null, new HubFailure(untrusting));
            var trust = new HubTrust(_login.Identity.Host, _authorities, _options.CaFile ?? _login.CaFile);
            var (link, failure) = await HubLink.OpenAsync(_login, token, trust, certificate, _options, _time, stopping).ConfigureAwait(false);
            if (link is not null || !failure!.NeedsTrust || attempt == 2) return (link, token, failure);
            // The gateway's authority may have been renewed since: the bundle is asked for again, once.
            Forget(_authorities);
            _authorities = null;
        }
    }

    private X509Certificate2? Certificate(out string? error)
    {
        if (_options is { CertificateFile: { } file, CertificateKeyFile: { } key })
            return PemFile.TryLoadClient(file, key, out var certificate, out error) ? certificate : null;
        error = "The connection string says x509=true, but no certificate is named; set IotHub:CertificateFile and IotHub:CertificateKeyFile.";
        return null;
    }

    private static X509Certificate2? None(out string? error)
    {
        error = null;
        return null;
    }

    /// <summary>Sees to <see cref="_authorities"/>; null when that is done.</summary>
    private async ValueTask<string?> TrustAsync(CancellationToken stopping)
    {
        if (_authorities is not null) return null;
        if ((_options.CaFile ?? _login.CaFile) is { } file)
            return PemFile.TryLoadAuthorities(file, out _authorities, out var wrong) ? null : $"The authority of the gateway: {wrong}";

        if (_login.Workload is not { } workload || _login.Identity.GatewayHost is null) return null;
        (_authorities, var error) = await workload.TrustBundleAsync(stopping).ConfigureAwait(false);
        return error;
    }

    /// <summary>Null when it ended because its token had to be renewed.</summary>
    private async ValueTask<string?> KeepAsync(HubLink link, SasToken? token, Func<HubLink, Action, CancellationToken, Task> handle, CancellationToken stopping)
    {
        var since = _time.GetTimestamp();
        var renewed = false;
        Task handling;
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await using (link.ConfigureAwait(false))
        {
            var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            handling = handle(link, () => ready.TrySetResult(), alive.Token);
            await Task.WhenAny(ready.Task, link.Ended, handling, Task.Delay(FirstWords, _time, alive.Token)).ConfigureAwait(false);
            if (link.IsAlive) Up(link);
            var renewal = token is null ? Task.Delay(Timeout.InfiniteTimeSpan, _time, alive.Token) : QuietNearEndAsync(token, alive.Token);
            await Task.WhenAny(link.Ended, renewal, handling, Task.Delay(Timeout.InfiniteTimeSpan, _time, alive.Token)).ConfigureAwait(false);
            renewed = renewal.IsCompletedSuccessfully && link.IsAlive;
            Down();
            await alive.CancelAsync().ConfigureAwait(false);
            if (renewed) Renewing(_log, token!.Expires);
        }

        // After the link, for it handles what that brought to its end.
        await Settled(handling).ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
        if (renewed) Prove();
        return renewed ? null : Judge(await link.Ended.ConfigureAwait(false), _time.GetElapsedTime(since));
    }

    /// <summary>Adds what only the row of links can tell: somebody else is being let in with this identity.</summary>
    private string Judge(string reason, TimeSpan lasted)
    {
        if (lasted >= Stable)
        {
            Prove();
            return reason;
        }

        return ++_shortLinks < FightingLinks
            ? reason
            : $"{reason} That was the link number {_shortLinks} in a row which was let in and ended within a minute: probably another client uses the identity '{_login.Identity.ClientId}'; give each its own.";
    }

    /// <summary>The link was a good one: it lasted, or it ended only for its token.</summary>
    private void Prove()
    {
        _shortLinks = 0;
        _retry.Reset();
    }

    /// <summary>
    /// Completes when the token nears its end and nothing is on its way. Where something always is, nothing new is begun any more: then what was sent
    /// is acknowledged, and renewing costs no repeats. It does not wait beyond a quarter of what was left.
    /// </summary>
    private async Task QuietNearEndAsync(SasToken token, CancellationToken alive)
    {
        var left = _options.TokenLifetime * RenewalShare;
        var (pause, last) = (token.Expires - (left / 2), token.Expires - (left / 4));
        await Task.Delay(Later(token.Expires - left - _time.GetUtcNow()), _time, alive).ConfigureAwait(false);
        while (!Pause(isUrgent: _time.GetUtcNow() >= pause) && _time.GetUtcNow() < last) await Task.Delay(RenewalPoll, _time, alive).ConfigureAwait(false);
    }

    /// <summary>Lets nothing more begin once nothing is on its way, or now with <paramref name="isUrgent"/>. True when all has arrived.</summary>
    private bool Pause(bool isUrgent)
    {
        lock (_gate)
        {
            if (isUrgent || _onTheirWay == 0) Down();
            return _onTheirWay == 0;
        }
    }

    private static TimeSpan Later(TimeSpan wait) => wait > TimeSpan.Zero ? wait : TimeSpan.Zero;

    private void Up(HubLink link)
    {
        lock (_gate)
        {
            _status = new HubLinkStatus(HubLinkState.Connected, null, _time.GetUtcNow(), null, _status.Connects + 1);
            _up.TrySetResult(link);
        }

        Connected(_log, link.Host, _login.Identity.ClientId);
    }

    private void Down()
    {
        lock (_gate)
        {
            if (_up.Task.IsCompleted) _up = new TaskCompletionSource<HubLink>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void Say(HubLinkState state, string? reason, DateTimeOffset? next)
    {
        lock (_gate) _status = new HubLinkStatus(state, reason, _time.GetUtcNow(), next, _status.Connects);
    }

    /// <summary>A handler that was cancelled has done its part; one that failed is a bug and rises.</summary>
    private static async Task Settled(Task handling)
    {
        try
        {
            await handling.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }

    private static void Forget(X509Certificate2Collection? authorities)
    {
        foreach (var authority in authorities ?? []) authority.Dispose();
    }

    /// <summary>See <see cref="TravelAsync"/>.</summary>
    internal sealed class Travelling(IotHubConnection connection, HubLink link) : IDisposable
    {
        public HubLink Link => link;

        public void Dispose()
        {
            lock (connection._gate) connection._onTheirWay--;
        }
    }

    [LoggerMessage(EventIds.HubConnected, LogLevel.Information, "Connected to {Host} as {ClientId}.")]
    private static partial void Connected(ILogger log, string host, string clientId);

    [LoggerMessage(EventIds.HubLost, LogLevel.Warning, "No link to the hub: {Reason} Next attempt in {Seconds:0.0} s.")]
    private static partial void Failed(ILogger log, string reason, double seconds);

    [LoggerMessage(EventIds.HubTokenRenewed, LogLevel.Information, "The hub's token ends at {Expires:u}; the link is opened again with a new one.")]
    private static partial void Renewing(ILogger log, DateTimeOffset expires);
}
