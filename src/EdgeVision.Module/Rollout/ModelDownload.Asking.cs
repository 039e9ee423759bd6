using System.Net;
using System.Net.Http.Headers;
using EdgeVision.Models;

namespace EdgeVision.Module.Rollout;

internal sealed partial class ModelDownload
{
    private enum AttemptKind
    {
        Whole,
        Again,
        Failed,
    }

    private static HttpClient Connect(Uri address)
    {
        var http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = !address.IsLoopback,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            MaxResponseHeadersLength = 32,
            MaxConnectionsPerServer = 1,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("EdgeVision", Product.Version));
        http.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        return http;
    }

    /// <summary>Follows redirects, as far as they are safe.</summary>
    private static async Task<Response> AskAsync(HttpClient http, Uri address, PartialFile part, CancellationToken stopping)
    {
        var at = address;
        for (var hop = 0; hop <= MaxRedirects; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, at);
            if (part.Length > 0 && part.Validator is { } validator)
            {
                request.Headers.Range = new RangeHeaderValue(part.Length, null);
                request.Headers.TryAddWithoutValidation("If-Range", validator);
            }

            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stopping).ConfigureAwait(false);
            if (answer.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
                return new Response(answer, null);
            using (answer)
            {
                if (answer.Headers.Location is not { } location || !Uri.TryCreate(at, location, out var next)) return new Response(null, Attempt.Failed($"'{DownloadAddress.Show(address)}' answered {(int)answer.StatusCode} without saying where to. Correct the address."));
                if (DownloadAddress.Check(next) is { } wrong) return new Response(null, Attempt.Failed($"'{DownloadAddress.Show(address)}' points elsewhere, which is not followed: {wrong}"));
                // What came encrypted must not end in a service of this very machine.
                if (next.Scheme == "http" && address.Scheme == "https") return new Response(null, Attempt.Failed($"'{DownloadAddress.Show(address)}' points to '{DownloadAddress.Show(next)}', which is not encrypted; https was expected. Name an address that stays with https."));
                at = next;
            }
        }

        return new Response(null, Attempt.Failed($"'{DownloadAddress.Show(address)}' points elsewhere more than {MaxRedirects} times. Name the address where the file is."));
    }

    private static bool IsContinuation(HttpResponseMessage answer, PartialFile part, string? validator) =>
        part.Length > 0 && answer.Content.Headers.ContentRange is { Unit: "bytes" } range && range.From == part.Length
        && (range.Length is null || part.Total is null || range.Length == part.Total) && (validator is null || validator == part.Validator);

    /// <summary>Only what changes with every byte lets a part be continued (RFC 9110, 13.1.5).</summary>
    private static string? ValidatorOf(HttpResponseMessage answer)
    {
        if (answer.Headers.ETag is { IsWeak: false } tag) return tag.Tag;
        return answer.Headers.ETag is null && answer.Content.Headers.LastModified is { } date ? date.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    private static Attempt Whole(PartialFile part) => new(AttemptKind.Whole, "", null) { IsArchive = part.IsArchive() };

    /// <summary>The name that its maker gave it: a bare model is called like it.</summary>
    private static string NameOf(Uri address, bool isArchive)
    {
        var extension = isArchive ? PackageArchive.Extension : ".onnx";
        var name = string.Concat(Path.GetFileNameWithoutExtension(Uri.UnescapeDataString(address.Segments[^1])).Where(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-').Take(100)).TrimStart('.');
        return (name.Length == 0 ? "model" : name) + extension;
    }

    private sealed record Attempt(AttemptKind Kind, string Reason, TimeSpan? Wait)
    {
        public bool IsArchive { get; init; }

        public static Attempt Again(string reason, TimeSpan? wait = null) => new(AttemptKind.Again, reason, wait);

        public static Attempt Failed(string reason) => new(AttemptKind.Failed, reason, null);
    }

    /// <summary>The answer, or why there is none that counts.</summary>
    private sealed record Response(HttpResponseMessage? Message, Attempt? Failure) : IDisposable
    {
        public void Dispose() => Message?.Dispose();
    }
}
