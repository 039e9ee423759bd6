using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeVision.Simulator.Control;
using EdgeVision.Simulator.Hub;
using EdgeVision.Simulator.Workload;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Simulator;

/// <summary>
/// An IoT Edge device: edgeHub's MQTT endpoint, the workload API of a module, and a control API that plays cloud and field. All of it on loopback.
/// </summary>
public sealed partial class EdgeSimulator : IAsyncDisposable
{
    private readonly SimulatorOptions _options;
    private readonly SimulatorState _state;
    private readonly Faults _faults;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly List<CertificateAuthority> _retired = []; // a handshake under way may still use one
    private CertificateAuthority _authority;
    private WorkloadApi? _workload;
    private ControlApi? _control;
    private bool _isDisposed;

    private EdgeSimulator(SimulatorOptions options, SimulatorState state, ILogger log)
    {
        (_options, _state, _log) = (options, state, log);
        _faults = new Faults(options.Faults);
        _authority = state.Authority(options.GatewayHostName);
        Modules = options.Modules.Select(name => NewModule(new ModuleIdentity(options.Device, name))).ToDictionary(m => m.Identity.ClientId, StringComparer.Ordinal);
        Owner = Modules.Values.First(m => m.Identity.Module == options.Modules[0]);
    }

    /// <summary>Of MQTT over TLS.</summary>
    public int Port => Hub.Port;

    public Uri ControlAddress => _control!.Address;

    public string CaPath => Path.Combine(_options.Directory, "ca.pem");

    public string EnvironmentPath => Path.Combine(_options.Directory, "env");

    public string SocketPath => Path.Combine(_options.Directory, "workload.sock");

    /// <summary>What <c>env</c> exports.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment => EnvironmentFile.Variables(Owner, SocketPath, _options.HubHostName, _options.GatewayHostName);

    internal MqttHub Hub { get; private set; } = null!;

    /// <summary>By client id.</summary>
    internal IReadOnlyDictionary<string, SimulatedModule> Modules { get; }

    /// <summary>Whose the socket and the environment are.</summary>
    internal SimulatedModule Owner { get; }

    /// <param name="time">Judges tokens and ends pauses; certificates are judged by the machine's clock.</param>
    /// <exception cref="SimulatorException">It cannot start; says why in a sentence.</exception>
    public static async Task<EdgeSimulator> StartAsync(SimulatorOptions options, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
        options = options with { Directory = Path.GetFullPath(options.Directory) };
        Validate(options);
        EdgeSimulator? simulator = null;
        try
        {
            Directory.CreateDirectory(options.Directory);
            simulator = new EdgeSimulator(options, SimulatorState.Load(Path.Combine(options.Directory, "state.json")), log);
            await simulator.ServeAsync(time).ConfigureAwait(false);
            return simulator;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
        {
            if (simulator is not null) await simulator.DisposeAsync().ConfigureAwait(false);
            throw new SimulatorException($"The simulator cannot start in '{options.Directory}': {e.Message.TrimEnd('.')}; choose a folder to write to (--dir), and free ports (--port, --control; 0 takes any).", e);
        }
        catch (SimulatorException)
        {
            if (simulator is not null) await simulator.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes everything; <c>state.json</c> stays, for the next start on the same folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (_control is not null) await _control.DisposeAsync().ConfigureAwait(false);
        if (_workload is not null) await _workload.DisposeAsync().ConfigureAwait(false);
        if (Hub is not null) await Hub.DisposeAsync().ConfigureAwait(false);
        _authority.Dispose();
        foreach (var authority in _retired) authority.Dispose();
    }

    internal void SwitchFault(string name, Fault fault, bool on)
    {
        _faults.Set(fault, on);
        LogFault(name, on ? "on" : "off");
        if (on && fault == Fault.RenewCa) RenewCa();
    }

    private static void Validate(SimulatorOptions options)
    {
        if (options.Port is < 0 or > 65535) throw new SimulatorException($"--port is {options.Port}; it must be 0 to 65535.");
        if (options.Modules.Count == 0) throw new SimulatorException("No module is named; name one with --module.");
        foreach (var id in options.Modules.Append(options.Device))
            if (id.Length is 0 or > 128 || id.IndexOfAny(['/', '+', '#', '?', ' ', '\0']) >= 0)
                throw new SimulatorException($"'{id}' cannot be a device or module id; expected 1 to 128 characters without / + # ? and space.");
        if (options.Modules.Distinct(StringComparer.Ordinal).Count() != options.Modules.Count) throw new SimulatorException("A module is named twice; name it once.");
    }

    private async Task ServeAsync(TimeProvider time)
    {
        _workload = await WorkloadApi.StartAsync(SocketPath, Owner, Modules, Bundle, _faults, _log).ConfigureAwait(false);
        Hub = await MqttHub.StartAsync(Modules, _options, _faults, ServerCertificate, time, _log).ConfigureAwait(false);
        Hub.Restarting = () =>
        {
            if (_faults.IsOn(Fault.RenewCa)) RenewCa();
        };
        _control = await ControlApi.StartAsync(this, _options.Control).ConfigureAwait(false);
        WriteBundle();
        PrivateFile.Write(EnvironmentPath, EnvironmentFile.Render(Environment), (UnixFileMode)0b110_100_100);
    }

    private SimulatedModule NewModule(ModuleIdentity identity)
    {
        var (key, generation) = _state.Module(identity);
        return new SimulatedModule(identity, key, generation);
    }

    /// <summary>The same name, another key: what a client kept of the old one now fails, as when the certificates of a device are renewed.</summary>
    private void RenewCa()
    {
        lock (_gate)
        {
            _retired.Add(_authority);
            _authority = CertificateAuthority.Create(_options.GatewayHostName);
            _state.Keep(_authority);
            WriteBundle();
        }

        LogCaRenewed(CaPath);
    }

    private void WriteBundle() => PrivateFile.Write(CaPath, Bundle(), (UnixFileMode)0b110_100_100);

    private X509Certificate2 ServerCertificate()
    {
        lock (_gate) return _authority.Server;
    }

    private string Bundle()
    {
        lock (_gate) return _authority.CertificatePem;
    }

    [LoggerMessage(SimulatorEvents.CaRenewed, LogLevel.Information, "The edge CA has a new key; new connections see it, and so do the trust bundle and {Path}.")]
    private partial void LogCaRenewed(string path);

    [LoggerMessage(SimulatorEvents.FaultSet, LogLevel.Information, "Fault {Name} is {State}.")]
    private partial void LogFault(string name, string state);
}
