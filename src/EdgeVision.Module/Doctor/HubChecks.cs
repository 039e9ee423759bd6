using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeVision.Azure.Hub;
using EdgeVision.Azure.Identity;
using EdgeVision.Delivery;

namespace EdgeVision.Module.Doctor;

/// <summary>
/// The way to IoT Hub or edgeHub, step by step, up to the login: logging in would throw a running node off, for the hub keeps one connection
/// per identity. A step that cannot be taken ends its way, and what lies behind it is not reported.
/// </summary>
internal sealed class HubChecks
{
    private const int MaxAddresses = 4;

    /// <summary>An authority that ends sooner is worth a word: the device's owner renews it, not the runtime.</summary>
    private static readonly TimeSpan SoonExpired = TimeSpan.FromDays(30);

    /// <summary>Of each step.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A Date has whole seconds; and nobody minds a few more.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private readonly HubLogin _login;
    private readonly HubOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private readonly List<Finding> _findings = [];
    private X509Certificate2Collection? _authorities;
    private HubCertificate? _shown;

    private HubChecks(HubLogin login, HubOptions options, TimeProvider time, CancellationToken stopping) => (_login, _options, _time, _stopping) = (login, options, time, stopping);

    private HubIdentity Identity => _login.Identity;

    private string? CaFile => _options.CaFile ?? _login.CaFile;

    private string Server => Identity.GatewayHost is null ? "IoT Hub" : "gateway";

    /// <summary>Nothing where the environment names no hub.</summary>
    /// <param name="environment">Of the process.</param>
    /// <param name="options">Of the section IotHub.</param>
    /// <param name="time">Measures patience, and is compared with the runtime's clock.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(IEnumerable<KeyValuePair<string, string>> environment, HubOptions options, TimeProvider time, CancellationToken stopping)
    {
        try
        {
            using var login = HubDoor.Login(environment, time);
            return login is null ? [] : await new HubChecks(login, options, time, stopping).ExamineAsync();
        }
        catch (CommandException e)
        {
            return [Broken("hub identity", e.Message)];
        }
    }

    private async Task<IReadOnlyList<Finding>> ExamineAsync()
    {
        var proof = (_login.Workload, _login.HasCertificate) switch
        {
            (not null, _) => "tokens signed by the IoT Edge runtime",
            (_, true) => "a client certificate",
            _ => "a key of the connection string",
        };
        _findings.Add(Finding.Ok("hub identity", $"{Identity.ClientId} of {Identity.HubHost}{(Identity.GatewayHost is { } gateway ? $" through {gateway}" : "")}, with {proof}."));
        try
        {
            var isTrusting = await WorkloadAsync();
            if (CaFile is { } file) isTrusting = Authorities(Read(file), $"'{file}'");
            await NetworkAsync(isTrusting);
            Clock();
            return _findings;
        }
        finally
        {
            foreach (var authority in _authorities ?? []) authority.Dispose();
        }
    }

    /// <summary>False when the bundle is needed and did not come.</summary>
    private async Task<bool> WorkloadAsync()
    {
        if (_login.Workload is not { } workload) return true;
        if (!await StepAsync("workload socket", stopping => WorkloadSocket.CheckAsync(workload.Address, stopping), "Look at the IoT Edge runtime on the device: iotedge check.")) return Identity.GatewayHost is null;
        await StepAsync("workload sign", SignAsync, "Look at the IoT Edge runtime on the device: iotedge check, iotedge system logs.");
        // IoT Hub itself is judged by the machine's store, as the link does.
        if (Identity.GatewayHost is null || CaFile is not null) return true;
        var isTrusting = false;
        await StepAsync("trust bundle", async stopping =>
        {
            isTrusting = Authorities(await workload.TrustBundleAsync(stopping), "The IoT Edge runtime");
            return null;
        }, "Look at the IoT Edge runtime on the device: iotedge check, iotedge system logs.");
        return isTrusting;
    }

    private static (X509Certificate2Collection? Authorities, string? Error) Read(string file) => PemFile.TryLoadAuthorities(file, out var authorities, out var error) ? (authorities, null) : (null, error);

    private async Task<Finding?> SignAsync(CancellationToken stopping)
    {
        var (token, error) = await SasToken.CreateAsync(Identity, _login.Signer!, _options.TokenLifetime, _time, stopping);
        return token is null ? Broken("workload sign", error!) : Finding.Ok("workload sign", string.Create(CultureInfo.InvariantCulture, $"The runtime signs for {Identity.ClientId}: a token until {token.Expires:yyyy-MM-dd HH:mm'Z'}, which was not used."));
    }

    private bool Authorities((X509Certificate2Collection? Authorities, string? Error) read, string source)
    {
        const string Check = "trust bundle";
        _authorities = read.Authorities;
        if (_authorities is null)
        {
            _findings.Add(Broken(Check, read.Error!));
            return false;
        }

        var first = _authorities.MinBy(a => a.NotAfter)!;
        var (left, until) = (first.NotAfter.ToUniversalTime() - _time.GetUtcNow().UtcDateTime, first.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        var detail = $"{source} names {_authorities.Count} {(_authorities.Count == 1 ? "authority" : "authorities")}; the first to expire is '{first.Subject}', on {until}.";
        _findings.Add(left > SoonExpired
            ? Finding.Ok(Check, detail)
            : Finding.Warn(Check, left < TimeSpan.Zero ? $"{detail} That is over." : $"{detail} That is in {(int)left.TotalDays} days.", "Renew the authority of this device (trust_bundle_cert, edge_ca in its config.toml), then: iotedge config apply."));
        return true;
    }

    private async Task NetworkAsync(bool isTrusting)
    {
        IPAddress[] addresses = [];
        if (!await StepAsync("hub name", async stopping =>
        {
            addresses = await ResolveAsync(stopping);
            return addresses.Length > 0 ? Finding.Ok("hub name", $"{Identity.Host} is {string.Join(", ", addresses.Take(MaxAddresses).Select(a => $"{a}"))}.") : Finding.Fail("hub name", $"{Identity.Host} has no address.", NameFix);
        }, NameFix)) return;

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        if (!await StepAsync("hub port", async stopping =>
        {
            await socket.ConnectAsync(addresses, _options.Port, stopping);
            return Finding.Ok("hub port", $"{Identity.Host}:{_options.Port} takes connections.");
        }, PortFix)) return;

        if (!isTrusting) return;
        await StepAsync("hub tls", async stopping =>
        {
            using var stream = new NetworkStream(socket, ownsSocket: false);
            var shake = await HubHandshake.TryAsync(stream, Identity.Host, _authorities, CaFile, stopping);
            _shown = shake.Shown;
            return Judge(shake);
        }, PortFix);
    }

    /// <summary>None for a text that no network knows (0.0.0.0).</summary>
    private async Task<IPAddress[]> ResolveAsync(CancellationToken stopping)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(Identity.Host, stopping);
        }
        catch (ArgumentException)
        {
            return [];
        }
    }

    private string NameFix => Identity.GatewayHost is null
        ? "Look at the network's DNS; a container takes the host's, or dns of /etc/docker/daemon.json."
        : "Give the module the network of edgeHub (azure-iot-edge), and compare hostname in the device's config.toml.";

    private string PortFix => Identity.GatewayHost is null
        ? $"Let TCP port {_options.Port} out through the firewall."
        : $"Look whether edgeHub runs (iotedge list) and whether its createOptions bind port {_options.Port}; a nested device needs it open on the parent.";

    private Finding Judge(HubHandshake shake)
    {
        var shown = shake.Shown is null ? "" : $" The {Server} showed {shake.Shown}.";
        if (shake.Failure is null) return Finding.Ok("hub tls", $"The {Server} is trusted ({shake.Protocol}).{shown} No login was tried: it would throw a running {Identity.ClientId} off.");
        var broken = Broken("hub tls", shake.Failure);
        return broken with { Detail = broken.Detail + shown };
    }

    /// <summary>Compares with the runtime's clock, else with the certificate; adds nothing when there was neither.</summary>
    private void Clock()
    {
        const string Check = "hub clock", Fix = "Start a time daemon on the device (chrony, systemd-timesyncd); a token of a wrong time is refused.";
        var now = _time.GetUtcNow();
        if (_shown is { } shown && now < shown.NotBefore)
        {
            _findings.Add(Finding.Fail(Check, string.Create(CultureInfo.InvariantCulture, $"It is {now:yyyy-MM-dd HH:mm:ss'Z'} here, before the {Server}'s certificate begins ({shown.NotBefore.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'})."), Fix));
        }
        else if (_login.Workload?.ClockAhead is { } ahead)
        {
            var whose = _login.Workload.Address.Scheme == "unix" ? "workload API, which is this device's own clock: the hub's may differ" : "workload API";
            var detail = string.Create(CultureInfo.InvariantCulture, $"Ours is {Math.Abs(ahead.TotalSeconds):0} s {(ahead > TimeSpan.Zero ? "behind" : "ahead of")} the Date of the {whose}.");
            _findings.Add(ahead.Duration() < ClockTolerance ? Finding.Ok(Check, detail) : ahead >= _options.TokenLifetime ? Finding.Fail(Check, detail, Fix) : Finding.Warn(Check, detail, Fix));
        }
        else if (_shown is not null)
        {
            _findings.Add(Finding.Ok(Check, string.Create(CultureInfo.InvariantCulture, $"Ours is later than the begin of the {Server}'s certificate ({_shown.NotBefore.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}); nothing better to compare with was told.")));
        }
    }

    /// <summary>Adds what the step found, or that it was not done in time. True when the way goes on.</summary>
    private async Task<bool> StepAsync(string check, Func<CancellationToken, Task<Finding?>> step, string fix)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(_stopping, patience.Token);
        Finding? finding;
        try
        {
            finding = await step(linked.Token);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            finding = Finding.Fail(check, string.Create(CultureInfo.InvariantCulture, $"{Identity.Host}: no answer within {Patience.TotalSeconds} s."), fix);
        }
        catch (SocketException e)
        {
            finding = Finding.Fail(check, $"{Identity.Host}{(check == "hub port" ? $":{_options.Port}" : "")}: {e.Message.TrimEnd('.')}.", fix);
        }

        if (finding is not null) _findings.Add(finding);
        return finding?.Level is not FindingLevel.Fail;
    }

    /// <summary>Our error sentences say what happened, then behind a semicolon what to do.</summary>
    private static Finding Broken(string check, string sentence)
    {
        var at = sentence.LastIndexOf("; ", StringComparison.Ordinal);
        return at < 0 ? Finding.Fail(check, sentence, "See docs/operations.md.") : Finding.Fail(check, sentence[..at] + ".", char.ToUpperInvariant(sentence[at + 2]) + sentence[(at + 3)..]);
    }
}
