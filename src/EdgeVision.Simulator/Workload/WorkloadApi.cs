using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Simulator.Workload;

/// <summary>The workload API of one module on its unix socket: sign, encrypt, decrypt, trust bundle.</summary>
internal sealed partial class WorkloadApi : IAsyncDisposable
{
    /// <summary>At a time; the next connection is closed without an answer.</summary>
    public const int MaxConnections = 10;

    private const int DropEvery = 11;

    /// <summary>Of sockaddr_un.sun_path on Linux, without the closing zero.</summary>
    private const int MaxSocketPathBytes = 107;

    private readonly SimulatedModule _owner;
    private readonly IReadOnlyDictionary<string, SimulatedModule> _modules;
    private readonly Func<string> _bundle;
    private readonly Faults _faults;
    private readonly ILogger _log;
    private int _open;
    private int _count;
    private LocalServer? _server;

    private WorkloadApi(SimulatedModule owner, IReadOnlyDictionary<string, SimulatedModule> modules, Func<string> bundle, Faults faults, ILogger log) =>
        (_owner, _modules, _bundle, _faults, _log) = (owner, modules, bundle, faults, log);

    /// <param name="bundle">The trust bundle as PEM, asked for each call.</param>
    /// <exception cref="SimulatorException">The socket cannot be had.</exception>
    public static async Task<WorkloadApi> StartAsync(
        string socket, SimulatedModule owner, IReadOnlyDictionary<string, SimulatedModule> modules, Func<string> bundle, Faults faults, ILogger log)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(socket) > MaxSocketPathBytes)
            throw new SimulatorException($"'{socket}' is longer than the {MaxSocketPathBytes} bytes of a unix socket's path; choose a --dir nearer to the root.");
        await TakePathAsync(socket).ConfigureAwait(false);
        var api = new WorkloadApi(owner, modules, bundle, faults, log);
        api._server = await LocalServer.StartAsync(kestrel => kestrel.ListenUnixSocket(socket, api.Limit), api.HandleAsync, () => faults.IsOn(Fault.Chunked)).ConfigureAwait(false);
        // As edged makes it: the module may run as any user.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(socket, (UnixFileMode)0b110_110_110);
        return api;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>A socket file that nobody serves is left over; one that somebody serves is not ours.</summary>
    private static async Task TakePathAsync(string path)
    {
        if (!File.Exists(path)) return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(path)).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            File.Delete(path);
            return;
        }

        throw new SimulatorException($"Another simulator serves '{path}'; stop it, or choose another --dir.");
    }

    private void Limit(ListenOptions socket) => socket.Use(next => connection => ServeAsync(next, connection));

    private async Task ServeAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        var isEleventh = Interlocked.Increment(ref _count) % DropEvery == 0 && _faults.IsOn(Fault.DropEleventh);
        try
        {
            if (Interlocked.Increment(ref _open) > MaxConnections || isEleventh)
            {
                LogDropped(MaxConnections);
                connection.Abort();
                return;
            }

            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private Task<Answer> HandleAsync(Call call)
    {
        var answer = Handle(call);
        if (answer.Status >= (int)HttpStatusCode.BadRequest) LogRefused(call.Method, string.Join('/', call.Path), answer.Status, answer.Message ?? "");
        return Task.FromResult(answer);
    }

    private Answer Handle(Call call)
    {
        if (!call.Query.TryGetValue("api-version", out var version) || version.Length == 0) return Answer.Error(400, "The query has no api-version; 2018-06-28 is the oldest.");
        if (call.Path is ["trust-bundle"])
            return call.Method == "GET" ? Answer.Ok(new JsonObject { ["certificate"] = _bundle() }) : Answer.Error(405, "The trust bundle is read by GET.");
        if (call.Path is not ["modules", var name, "genid", var generation, ("sign" or "encrypt" or "decrypt") and var verb]) return Answer.Error(404, "There is no such call.");
        if (call.Method != "POST") return Answer.Error(405, $"{verb} is called by POST.");
        if (!_modules.Values.Any(m => m.Identity.Module == name)) return Answer.Error(404, $"There is no module '{name}'.");
        // edged knows the caller by the process at the other end of the socket, and the socket is one module's.
        if (name != _owner.Identity.Module) return Answer.Error(403, $"This socket belongs to module '{_owner.Identity.Module}', not to '{name}'.");
        if (generation != _owner.Generation) return Answer.Error(404, $"Module '{name}' has no generation '{generation}'.");
        if (!call.TryReadJson(out var json) || json is not JsonObject body) return Answer.Error(400, "The body is no JSON object.");
        return verb switch
        {
            "sign" => Sign(body),
            "encrypt" => Encrypt(body),
            _ => Decrypt(body),
        };
    }

    private Answer Sign(JsonObject body) =>
        Bytes(body, "data") is { } data
            ? Answer.Ok(new JsonObject { ["digest"] = Convert.ToBase64String(HMACSHA256.HashData(_owner.KeyBytes.Span, data)) })
            : Missing("data");

    private Answer Encrypt(JsonObject body)
    {
        if (Bytes(body, "plaintext") is not { } plain) return Missing("plaintext");
        if (Bytes(body, "initializationVector") is not { } vector) return Missing("initializationVector");
        return Answer.Ok(new JsonObject { ["ciphertext"] = Convert.ToBase64String(ModuleCipher.Encrypt(_owner, vector, plain)) });
    }

    private Answer Decrypt(JsonObject body)
    {
        if (Bytes(body, "ciphertext") is not { } cipher) return Missing("ciphertext");
        if (Bytes(body, "initializationVector") is not { } vector) return Missing("initializationVector");
        return ModuleCipher.TryDecrypt(_owner, vector, cipher, out var plain)
            ? Answer.Ok(new JsonObject { ["plaintext"] = Convert.ToBase64String(plain) })
            : Answer.Error(400, "The ciphertext is not of this module, generation and initialization vector.");
    }

    private static Answer Missing(string name) => Answer.Error(400, $"'{name}' is missing, or is no base64.");

    private static byte[]? Bytes(JsonObject body, string name)
    {
        if (body[name] is not JsonValue value || !value.TryGetValue<string>(out var text)) return null;
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    [LoggerMessage(SimulatorEvents.CallDropped, LogLevel.Warning, "A connection to the workload API was closed without an answer: {Max} at a time are served (or the fault drop-11th is on).")]
    private partial void LogDropped(int max);

    [LoggerMessage(SimulatorEvents.CallRefused, LogLevel.Warning, "Workload API: {Method} /{Path} was answered {Status}: {Why}")]
    private partial void LogRefused(string method, string path, int status, string why);
}
