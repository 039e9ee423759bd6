using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using EdgeVision.Delivery;
using EdgeVision.Events.Presets;

namespace EdgeVision.Module.Webhooks;

/// <summary>
/// Posts events as CloudEvents batches, signed with a shared secret. What comes next is decided by the class of the answer: 2xx is delivered; 408, 425, 429
/// and 5xx are tried later, as is everything that a network does; 413 and other 4xx are split until the event that is meant stands alone, and that is refused.
/// </summary>
/// <remarks>One caller at a time, as a delivery loop is.</remarks>
internal sealed class WebhookSink : IEventSink
{
    public const string TimestampHeader = "EdgeVision-Timestamp", SignatureHeader = "EdgeVision-Signature";

    /// <summary>Of an answer's text, in a reason.</summary>
    private const int ToldBytes = 200;

    /// <summary>A receiver may ask for patience, but not for a day of it.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private int _size;
    private long? _waitsSince;
    private TimeSpan _wait;

    public WebhookSink(WebhookOptions options, TimeProvider time)
    {
        (_options, _time, _size) = (options, time, options.BatchSize);
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = !options.Url.IsLoopback,
                MaxResponseHeadersLength = 16,
                MaxResponseDrainSize = 65_536,
                ResponseDrainTimeout = TimeSpan.FromSeconds(1),
                MaxConnectionsPerServer = 1,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),   // so that a changed name is noticed
            })
        { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("EdgeVision", Product.Version));
    }

    public async ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        if (_waitsSince is { } since && _time.GetElapsedTime(since) is var waited && waited < _wait)
            return DeliveryResult.RetryLater(0, $"{_options.Host} asked for {Seconds(_wait)} of patience; {Seconds(_wait - waited)} are left.");
        _waitsSince = null;
        var accepted = 0;
        while (accepted < batch.Count)
        {
            var count = Math.Min(_size, batch.Count - accepted);
            var answer = await PostAsync(batch, accepted, count, stopping).ConfigureAwait(false);
            if (answer.Kind is AnswerKind.Later) return DeliveryResult.RetryLater(accepted, answer.Reason);
            if (answer.Kind is AnswerKind.Refused && count == 1) return DeliveryResult.Rejected(accepted, answer.Reason);
            if (answer.Kind is AnswerKind.Taken) accepted += count;
            // Halved until the one that is meant stands alone; doubled again while all goes well.
            _size = answer.Kind is AnswerKind.Refused ? count / 2 : Math.Min(_options.BatchSize, Math.Max(_size, count * 2));
        }

        return DeliveryResult.All(batch.Count);
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Lower-case hex of HMAC-SHA256 over <c>{timestamp}.{body}</c>, with the secret's UTF-8 bytes as the key.</summary>
    internal static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(timestamp + "."));
        hmac.AppendData(body);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    private async Task<Answer> PostAsync(IReadOnlyList<OutboxEntry> batch, int first, int count, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, patience.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _options.Url);
            var body = ArrayOf(batch, first, count);
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(_options.Preset is EventPreset.EdgeVision ? "application/cloudevents-batch+json" : "application/json") { CharSet = "utf-8" };
            if (Secret() is { } secret)
            {
                var timestamp = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
                request.Headers.Add(TimestampHeader, timestamp);
                request.Headers.Add(SignatureHeader, "v1=" + Sign(secret, timestamp, body));
            }

            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return await JudgeAsync(response, batch[first].Sequence, body.Length, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new Answer(AnswerKind.Later, $"{_options.Host} did not answer within {Seconds(_options.Timeout)}; raise TimeoutMs if it needs longer.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            stopping.ThrowIfCancellationRequested(); // a stop is no failure, whatever it looks like from here
            return new Answer(AnswerKind.Later, $"{_options.Host} cannot be reached ({(e.InnerException ?? e).Message.TrimEnd('.')}); it is tried again.");
        }
    }

    private async Task<Answer> JudgeAsync(HttpResponseMessage response, long sequence, int bytes, CancellationToken either)
    {
        var code = (int)response.StatusCode;
        if (response.IsSuccessStatusCode) return new Answer(AnswerKind.Taken, "");
        var said = await TextAsync(response, either).ConfigureAwait(false);
        if (code is >= 300 and < 400) return new Answer(AnswerKind.Later, $"{_options.Host} answered {code} and points elsewhere, which is not followed; set Url to where it points.");
        // They speak of the address and of who asks, not of the event: a secret that is being changed must not cost any.
        if (code is 401 or 403 or 404 or 405 or 407 or 410) return new Answer(AnswerKind.Later, $"{_options.Host} answered {code}{said}; check Url and SecretFile; it is tried again.");
        if (code is 413) return new Answer(AnswerKind.Refused, $"{_options.Host} takes no {bytes} bytes of event {sequence} (413){said}; let it take more.");
        if (code is >= 400 and < 500 and not (408 or 425 or 429)) return new Answer(AnswerKind.Refused, $"{_options.Host} refused event {sequence} ({code}){said}; its log says why.");
        Heed(response.Headers.RetryAfter);
        return new Answer(AnswerKind.Later, $"{_options.Host} answered {code}{said}; it is tried again.");
    }

    private void Heed(RetryConditionHeaderValue? retryAfter)
    {
        var asked = retryAfter?.Delta ?? retryAfter?.Date - _time.GetUtcNow();
        if (asked is not { } wait || wait <= TimeSpan.Zero) return;
        (_waitsSince, _wait) = (_time.GetTimestamp(), wait < LongestWait ? wait : LongestWait);
    }

    /// <summary>The beginning of it, for a person; whatever else the other side sends stays unread.</summary>
    private static async Task<string> TextAsync(HttpResponseMessage response, CancellationToken either)
    {
        var bytes = new byte[ToldBytes];
        var stream = await response.Content.ReadAsStreamAsync(either).ConfigureAwait(false);
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, either).ConfigureAwait(false);
        var text = string.Concat(Encoding.UTF8.GetString(bytes, 0, read).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length == 0 ? "" : $": {text}";
    }

    /// <summary>Null for requests without a signature.</summary>
    private string? Secret()
    {
        if (_options.SecretFile is not { } path) return _options.Secret;
        using var reader = new StreamReader(path, Encoding.UTF8);
        return reader.ReadLine() is { Length: > 0 } line ? line : throw new IOException($"SecretFile '{path}' has an empty first line");
    }

    private static byte[] ArrayOf(IReadOnlyList<OutboxEntry> batch, int first, int count)
    {
        using var body = new MemoryStream();
        for (var i = first; i < first + count; i++)
        {
            body.WriteByte(i == first ? (byte)'[' : (byte)',');
            body.Write(batch[i].Body.Span);
        }

        body.WriteByte((byte)']');
        return body.ToArray();
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");

    private enum AnswerKind
    {
        Taken,
        Later,

        /// <summary>Too large, or something in it is wrong.</summary>
        Refused,
    }

    private readonly record struct Answer(AnswerKind Kind, string Reason);
}
