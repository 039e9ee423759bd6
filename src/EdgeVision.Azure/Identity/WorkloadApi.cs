using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace EdgeVision.Azure.Identity;

/// <summary>
/// The IoT Edge runtime's service for one module: it signs with a key it never shows, says whom to trust, and encrypts so that only this
/// module of this generation can decrypt. Over a unix socket or http; both kinds of HTTP answers (with a length, chunked) are read.
/// </summary>
/// <remarks>edgelet/api/workloadVersion_2020_07_07.yaml of Azure/iotedge; the version asked for is the oldest, which every runtime has.</remarks>
public sealed class WorkloadApi : ITokenSigner, IDisposable
{
    private const string ApiVersion = "2018-06-28";

    /// <summary>
    /// The runtime closes the eleventh connection to a socket without an answer, and idle ones count: none is kept between calls, and few are open at once,
    /// for a doctor or a healthcheck beside this process has calls to make, too.
    /// </summary>
    private const int MaxConnections = 4;

    private const int MaxAnswerBytes = 1 << 20;

    private const int Attempts = 5;

    /// <summary>Before the second attempt; doubled after each.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http;
    private readonly string _shown;
    private readonly string _module;
    private readonly TimeProvider _time;

    /// <param name="address">Of <c>IOTEDGE_WORKLOADURI</c>: unix or http.</param>
    /// <param name="moduleId">Of this module.</param>
    /// <param name="generationId">Of this module: another one after it was deleted and made again.</param>
    /// <param name="time">Measures waits between attempts.</param>
    public WorkloadApi(Uri address, string moduleId, string generationId, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(address);
        _time = time;
        Address = address;
        _shown = address.Scheme == "unix" ? address.LocalPath : address.GetLeftPart(UriPartial.Authority);
        _module = $"modules/{Uri.EscapeDataString(moduleId)}/genid/{Uri.EscapeDataString(generationId)}";
        var handler = new SocketsHttpHandler { MaxConnectionsPerServer = MaxConnections, UseProxy = false, UseCookies = false, AllowAutoRedirect = false };
        if (address.Scheme == "unix") handler.ConnectCallback = (_, stopping) => ConnectAsync(address.LocalPath, stopping);
        _http = new HttpClient(handler)
        {
            BaseAddress = address.Scheme == "unix" ? new Uri("http://workload.sock") : new Uri(_shown),
            MaxResponseContentBufferSize = MaxAnswerBytes,
            Timeout = Timeout,
        };
        _http.DefaultRequestHeaders.ConnectionClose = true;
    }

    /// <summary>As the runtime told it: a unix socket, or http.</summary>
    public Uri Address { get; }

    /// <summary>How far the clock of the latest answer (its <c>Date</c>, whole seconds) was ahead of ours; null before the first answer, or when it had none.</summary>
    public TimeSpan? ClockAhead { get; private set; }

    public async ValueTask<(string? Digest, string? Error)> SignAsync(string data, CancellationToken stopping)
    {
        var body = Body(("keyId", "primary"), ("algo", "HMACSHA256"), ("data", Convert.ToBase64String(Encoding.UTF8.GetBytes(data))));
        return await CallAsync(HttpMethod.Post, $"{_module}/sign", body, "digest", stopping).ConfigureAwait(false);
    }

    /// <summary>Whom to trust at the gateway: authorities that live in memory only. The caller disposes them.</summary>
    public async ValueTask<(X509Certificate2Collection? Authorities, string? Error)> TrustBundleAsync(CancellationToken stopping)
    {
        var (pem, error) = await CallAsync(HttpMethod.Get, "trust-bundle", null, "certificate", stopping).ConfigureAwait(false);
        if (pem is null) return (null, error);
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (System.Security.Cryptography.CryptographicException e)
        {
            return (null, $"The trust bundle of {_shown} is no PEM text ({e.Message.TrimEnd('.')}); look at the IoT Edge runtime with iotedge check.");
        }

        return authorities.Count > 0 ? (authorities, null) : (null, $"The trust bundle of {_shown} holds no certificate; look at the IoT Edge runtime with iotedge check.");
    }

    /// <summary>For secrets at rest.</summary>
    /// <param name="plaintext">Any bytes.</param>
    /// <param name="initializationVector">Random, kept beside the result.</param>
    /// <param name="stopping">Ends the wait.</param>
    public ValueTask<(byte[]? Ciphertext, string? Error)> EncryptAsync(ReadOnlyMemory<byte> plaintext, ReadOnlyMemory<byte> initializationVector, CancellationToken stopping) =>
        ConvertAsync("encrypt", "plaintext", plaintext, initializationVector, "ciphertext", stopping);

    /// <summary>What <see cref="EncryptAsync"/> made, on this device, by this module, in this generation.</summary>
    public ValueTask<(byte[]? Plaintext, string? Error)> DecryptAsync(ReadOnlyMemory<byte> ciphertext, ReadOnlyMemory<byte> initializationVector, CancellationToken stopping) =>
        ConvertAsync("decrypt", "ciphertext", ciphertext, initializationVector, "plaintext", stopping);

    public void Dispose() => _http.Dispose();

    private async ValueTask<(byte[]? Bytes, string? Error)> ConvertAsync(
        string verb, string from, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> vector, string to, CancellationToken stopping)
    {
        var body = Body((from, Convert.ToBase64String(bytes.Span)), ("initializationVector", Convert.ToBase64String(vector.Span)));
        var (text, error) = await CallAsync(HttpMethod.Post, $"{_module}/{verb}", body, to, stopping).ConfigureAwait(false);
        if (text is null) return (null, error);
        try
        {
            return (Convert.FromBase64String(text), null);
        }
        catch (FormatException)
        {
            return (null, $"{_shown} answered {verb} with a {to} that is no base64; look at the IoT Edge runtime with iotedge check.");
        }
    }

    /// <summary>One text of the answer's object. A runtime that is just starting, or has ten calls already, is asked again.</summary>
    private async ValueTask<(string? Text, string? Error)> CallAsync(HttpMethod method, string path, byte[]? body, string key, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (text, error, isFinal) = await TryAsync(method, path, body, key, stopping).ConfigureAwait(false);
            if (text is not null || isFinal || attempt == Attempts) return (text, error);
            await Task.Delay(FirstWait * (1 << (attempt - 1)), _time, stopping).ConfigureAwait(false);
        }
    }

    private async ValueTask<(string? Text, string? Error, bool IsFinal)> TryAsync(HttpMethod method, string path, byte[]? body, string key, CancellationToken stopping)
    {
        try
        {
            using var request = new HttpRequestMessage(method, $"{path}?api-version={ApiVersion}");
            if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
            using var answer = await _http.SendAsync(request, stopping).ConfigureAwait(false);
            ClockAhead = answer.Headers.Date - _time.GetUtcNow();
            var bytes = await answer.Content.ReadAsByteArrayAsync(stopping).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode) return (null, OfStatus(path, answer.StatusCode, TextOf(bytes, "message")), (int)answer.StatusCode < 500);
            return TextOf(bytes, key) is { } text ? (text, null, true) : (null, $"{_shown} answered {Verb(path)} without \"{key}\"; is it an IoT Edge workload socket?", true);
        }
        catch (HttpRequestException e)
        {
            return (null, OfFailure(path, e), e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied });
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return (null, $"{_shown} did not answer {Verb(path)} within {Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s; is the IoT Edge runtime overloaded or stopped?", false);
        }
    }

    private string OfStatus(string path, HttpStatusCode status, string? said)
    {
        var because = said is null ? "" : $" ({said.TrimEnd('.')})";
        return status switch
        {
            HttpStatusCode.Forbidden => $"{_shown} refuses {Verb(path)} to this process{because}; it answers the module it was made for only: mount this module's own socket.",
            HttpStatusCode.NotFound => $"{_shown} does not know this module{because}; compare IOTEDGE_MODULEID and IOTEDGE_MODULEGENERATIONID with the deployment, and do not set them by hand.",
            _ => $"{_shown} answered {Verb(path)} with {(int)status}{because}; look at the IoT Edge runtime with iotedge check.",
        };
    }

    private string OfFailure(string path, HttpRequestException e)
    {
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException { SocketErrorCode: SocketError.AccessDenied }:
                    return $"{_shown} cannot be opened by this user (EACCES); let the container's user read and write the workload socket.";
                case SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.ConnectionRefused } or FileNotFoundException or DirectoryNotFoundException:
                    return $"Nobody answers at {_shown}; does the IoT Edge runtime run (iotedge check), and is its workload socket mounted?";
            }
        }

        return $"{_shown} ended the connection without an answer to {Verb(path)}, {Attempts} times ({e.GetBaseException().Message.TrimEnd('.')}); look at the IoT Edge runtime with iotedge check.";
    }

    private static string Verb(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken stopping)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stopping).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static byte[] Body(params ReadOnlySpan<(string Key, string Value)> texts)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (key, value) in texts) json.WriteString(key, value);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Null for what is no JSON object with that text.</summary>
    private static string? TextOf(byte[] json, string key)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind is JsonValueKind.Object && document.RootElement.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second for text that is no Unicode.
            return null;
        }
    }
}
