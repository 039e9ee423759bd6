using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using EdgeVision.Delivery;

namespace EdgeVision.Azure.Cloud;

/// <summary>Asks a server of the Open Inference Protocol what it sees in a JPEG. One question at a time or several; it never throws for what a network or a server does.</summary>
public sealed class CloudModel : IDisposable
{
    private const string HeaderLength = "Inference-Header-Content-Length";

    private const int MaxAnswerBytes = 4 << 20, ToldBytes = 1024;

    private readonly CloudModelOptions _options;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <exception cref="CloudModelException">A certificate cannot be used.</exception>
    public CloudModel(CloudModelOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time) = (options, time);
        // A key for loopback must not pass a proxy.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = !options.Url.IsLoopback, PooledConnectionLifetime = TimeSpan.FromMinutes(10), ConnectTimeout = options.Timeout };
        Trust(handler.SslOptions, options);
        _http = new HttpClient(handler) { BaseAddress = options.Url, Timeout = Timeout.InfiniteTimeSpan };
    }

    public async Task<CloudAnswer> AskAsync(ReadOnlyMemory<byte> jpeg, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        var host = _options.Url.Authority;
        try
        {
            using var request = Request(jpeg);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) return CloudAnswer.Not($"{host} answered {(int)response.StatusCode}{await ErrorAsync(response, either.Token).ConfigureAwait(false)}.");
            var body = await ReadAsync(response, MaxAnswerBytes + 1, either.Token).ConfigureAwait(false);
            if (body.Length > MaxAnswerBytes) return CloudAnswer.Not($"{host} answered with more than {MaxAnswerBytes >> 20} MB; is {_options.Model} a model that is asked by pictures?");
            var length = response.Headers.TryGetValues(HeaderLength, out var values) && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : body.Length;
            return CloudAnswerReader.Read(body, length, out var error) ?? CloudAnswer.Not($"{host} gave an answer that cannot be used: {error}; is {_options.Model} a model that is asked by pictures?");
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return CloudAnswer.Not(string.Create(CultureInfo.InvariantCulture, $"{host} did not answer within {_options.Timeout.TotalSeconds:0.###} s."));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException or FormatException && !stopping.IsCancellationRequested)
        {
            return CloudAnswer.Not($"{host} cannot be reached ({(e.InnerException ?? e).Message.TrimEnd('.')}).");
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(ReadOnlyMemory<byte> jpeg)
    {
        var header = Header(jpeg.Length + 4);
        var body = new byte[header.Length + 4 + jpeg.Length];
        header.CopyTo(body, 0);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(header.Length), jpeg.Length);
        jpeg.Span.CopyTo(body.AsSpan(header.Length + 4));
        var version = _options.Version is { } wanted ? $"versions/{wanted}/" : "";
        var request = new HttpRequestMessage(HttpMethod.Post, $"v2/models/{_options.Model}-detect/{version}infer") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Content.Headers.Add(HeaderLength, header.Length.ToString(CultureInfo.InvariantCulture));
        if (ApiKey() is { Length: > 0 } key) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }

    private static byte[] Header(int size)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("inputs");
            json.WriteStartObject();
            json.WriteString("name", "image");
            json.WriteStartArray("shape");
            json.WriteNumberValue(1);
            json.WriteEndArray();
            json.WriteString("datatype", "BYTES");
            json.WriteStartObject("parameters");
            json.WriteNumber("binary_data_size", size);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartObject("parameters");
            json.WriteBoolean("binary_data_output", true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private string? ApiKey()
    {
        if (_options.ApiKeyFile is not { } path) return _options.ApiKey;
        using var reader = new StreamReader(path, Encoding.UTF8);
        return reader.ReadLine() is { Length: > 0 } line ? line.Trim() : throw new IOException($"ApiKeyFile '{path}' has an empty first line");
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage response, CancellationToken stopping)
    {
        var bytes = await ReadAsync(response, ToldBytes, stopping).ConfigureAwait(false);
        var text = string.Concat(Encoding.UTF8.GetString(bytes.Span).Select(static c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length == 0 ? "" : $", {(text.Length <= 300 ? text : text[..300] + "…")}";
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, int max, CancellationToken stopping)
    {
        var stream = await response.Content.ReadAsStreamAsync(stopping).ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[16_384];
        int read;
        while (body.Length < max && (read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, max - body.Length)), stopping).ConfigureAwait(false)) > 0) body.Write(buffer, 0, read);
        return body.ToArray();
    }

    private static void Trust(SslClientAuthenticationOptions ssl, CloudModelOptions options)
    {
        if (options.CaFile is { } ca)
        {
            if (!PemFile.TryLoadAuthorities(ca, out var authorities, out var error)) throw new CloudModelException(error);
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            ssl.CertificateChainPolicy = policy;
        }

        if (options.ClientCertificateFile is not { } certificate) return;
        if (!PemFile.TryLoadClient(certificate, options.ClientKeyFile!, out var client, out var why)) throw new CloudModelException(why);
        ssl.ClientCertificates = [client];
    }
}
