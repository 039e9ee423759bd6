using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace EdgeVision.Azure.Blobs;

/// <summary>
/// Puts files into a container: one request each (Put Blob, https://learn.microsoft.com/rest/api/storageservices/put-blob), never over another one. It sends and
/// reports; whoever calls decides on retries.
/// </summary>
public sealed class BlobContainer : IDisposable
{
    private const string Version = "2021-12-02";

    /// <summary>Of an answer, for its reason.</summary>
    private const int ToldBytes = 2048;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(10) }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly TimeProvider _time;

    public BlobContainer(TimeProvider time) => _time = time;

    /// <summary>Where a blob of this name can be read, by who may: without a signature.</summary>
    /// <param name="options">The container.</param>
    /// <param name="name">Levels parted by <c>/</c>.</param>
    public static string UriOf(BlobOptions options, string name)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(name);
        return $"{options.Container.AbsoluteUri.TrimEnd('/')}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}";
    }

    /// <summary>Never throws for what a network does.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public async Task<BlobAnswer> PutAsync(BlobOptions options, string name, ReadOnlyMemory<byte> bytes, string contentType, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var limit = new CancellationTokenSource(options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            using var request = Request(options, name, bytes, contentType);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return await JudgeAsync(options, response, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new BlobAnswer(BlobOutcome.Later, string.Create(CultureInfo.InvariantCulture, $"{options.Container.Authority} did not answer within {options.Timeout.TotalSeconds:0.###} s."));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException or FormatException)
        {
            stopping.ThrowIfCancellationRequested(); // a stop is no failure, whatever it looks like from here
            return new BlobAnswer(BlobOutcome.Later, $"{options.Container.Authority} cannot be reached ({(e.InnerException ?? e).Message.TrimEnd('.')}).");
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(BlobOptions options, string name, ReadOnlyMemory<byte> bytes, string contentType)
    {
        var signature = SignatureOf(options);
        var request = new HttpRequestMessage(HttpMethod.Put, $"{UriOf(options, name)}{(signature.Length > 0 ? $"?{signature}" : "")}") { Content = new ReadOnlyMemoryContent(bytes) };
        request.Headers.Add("x-ms-version", Version);
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any); // a repeat finds what is there already
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
#pragma warning disable CA5351 // What the protocol checks the transfer by; nobody is trusted for it.
        request.Content.Headers.ContentMD5 = MD5.HashData(bytes.Span);
#pragma warning restore CA5351
        return request;
    }

    private static string SignatureOf(BlobOptions options)
    {
        if (options.SasFile is not { } path) return (options.Sas ?? "").Trim().TrimStart('?');
        using var reader = new StreamReader(path, Encoding.UTF8);
        return reader.ReadLine() is { Length: > 0 } line ? line.Trim().TrimStart('?') : throw new IOException($"SasFile '{path}' has an empty first line");
    }

    private async Task<BlobAnswer> JudgeAsync(BlobOptions options, HttpResponseMessage response, CancellationToken either)
    {
        var (code, host) = ((int)response.StatusCode, options.Container.Authority);
        if (response.IsSuccessStatusCode) return new BlobAnswer(BlobOutcome.Stored, null);
        var error = response.Headers.TryGetValues("x-ms-error-code", out var codes) ? codes.First() : await TextAsync(response, either).ConfigureAwait(false);
        if (code == 409 && error.Contains("BlobAlreadyExists", StringComparison.Ordinal)) return new BlobAnswer(BlobOutcome.Stored, null);
        var said = error.Length == 0 ? $"{code}" : $"{code}, {error}";
        return code switch
        {
            401 or 403 => new BlobAnswer(BlobOutcome.Later, $"{host} does not let this node store pictures ({said}); renew the signature (Evidence:Upload:SasFile), with the right to create."),
            404 => new BlobAnswer(BlobOutcome.Later, $"{host} has no container '{options.Container.AbsolutePath.Trim('/')}' ({said}); create it, or correct Evidence:Upload:Container."),
            400 or 411 or 413 or 415 => new BlobAnswer(BlobOutcome.Refused, $"{host} refuses this picture ({said})."),
            _ => new BlobAnswer(BlobOutcome.Later, $"{host} answered {said}.", Wait(response.Headers.RetryAfter)),
        };
    }

    private TimeSpan? Wait(RetryConditionHeaderValue? asked) =>
        (asked?.Delta ?? asked?.Date - _time.GetUtcNow()) is { Ticks: > 0 } wait ? (wait < LongestWait ? wait : LongestWait) : null;

    /// <summary>The beginning of it, for a person; whatever else the other side sends stays unread.</summary>
    private static async Task<string> TextAsync(HttpResponseMessage response, CancellationToken either)
    {
        var bytes = new byte[ToldBytes];
        var stream = await response.Content.ReadAsStreamAsync(either).ConfigureAwait(false);
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, either).ConfigureAwait(false);
        var text = string.Concat(Encoding.UTF8.GetString(bytes, 0, read).Select(static c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length <= 200 ? text : text[..200] + "…";
    }
}
