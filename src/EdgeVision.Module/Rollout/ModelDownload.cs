using System.Net;
using System.Net.Http.Headers;
using EdgeVision.Models;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Rollout;

/// <summary>
/// Brings a file over a bad network: what has come stays on disk and is continued, after a cut, a restart or a kill, as long as the server
/// still has the same version of it. Proxies are those of the environment (HTTPS_PROXY, NO_PROXY).
/// </summary>
/// <param name="folder">Of what has come; made when needed.</param>
/// <param name="limits">Of each download.</param>
/// <param name="time">For pauses and patience.</param>
/// <param name="log">Told what was interrupted.</param>
internal sealed partial class ModelDownload(string folder, DownloadLimits limits, TimeProvider time, ILogger log)
{
    /// <summary>Below the store's folder.</summary>
    public const string FolderName = ".downloads";

    /// <summary>How long a part waits to be continued.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private const int MaxRedirects = 5, BufferBytes = 81_920;

    /// <summary>Fetches the whole file.</summary>
    /// <param name="address">https, or http on loopback.</param>
    /// <param name="sha256">That it must have, hex; null when nobody knows.</param>
    /// <param name="progress">Told now and then, on any thread; null for nobody.</param>
    /// <param name="stopping">What has come is kept.</param>
    public async Task<DownloadResult> FetchAsync(Uri address, string? sha256, IProgress<DownloadProgress>? progress, CancellationToken stopping)
    {
        PartialFile.RemoveOlder(folder, time.GetUtcNow() - Kept);
        if (DownloadAddress.Check(address) is { } wrong) return DownloadResult.Failed(wrong);
        if (sha256 is not null && (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigit))) return DownloadResult.Failed($"'{sha256}' is no sha256; 64 hexadecimal digits were expected. Take what sha256sum prints.");
        var shown = DownloadAddress.Show(address);
        using var whole = new CancellationTokenSource(limits.WholeTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, whole.Token);
        try
        {
            using var part = PartialFile.TryOpen(folder, address, sha256 is not null);
            if (part is null) return DownloadResult.Later($"'{shown}' is being downloaded by another edgevision with the same data folder. Wait for that one.");
            return await FetchAsync(address, sha256?.ToLowerInvariant(), part, progress, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return DownloadResult.Later($"'{shown}' was not whole after {limits.WholeTime.TotalSeconds:0} s. Start it again, it goes on where it was; or raise EdgeVision:Models:DownloadTimeoutMs.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return DownloadResult.Later($"'{shown}' cannot be kept in '{folder}' ({e.Message.TrimEnd('.')}); a folder with room that this user may write to was expected. Make room, or name another data folder.");
        }
    }

    private async Task<DownloadResult> FetchAsync(Uri address, string? sha256, PartialFile part, IProgress<DownloadProgress>? progress, CancellationToken stopping)
    {
        var shown = DownloadAddress.Show(address);
        using var http = Connect(address);
        var (isContinued, isSecond, fruitless, pause) = (part.Length > 0, false, 0, limits.FirstPause);
        while (true)
        {
            var before = part.Length;
            var attempt = await TryAsync(http, address, part, progress, stopping).ConfigureAwait(false);
            if (attempt.Kind is AttemptKind.Failed) return DownloadResult.Failed(attempt.Reason);
            if (attempt.Kind is AttemptKind.Whole)
            {
                var (actual, length) = (part.Sha256, part.Length);
                if (sha256 is null || actual == sha256) return DownloadResult.Of(part.Complete(NameOf(address, attempt.IsArchive)), actual);
                part.Begin(null, null);
                // Bytes of an earlier day may be at fault; those of now are the server's.
                if (!isContinued || isSecond) return DownloadResult.Failed($"'{shown}' ({length} bytes) has the sha256 {actual}, {sha256} was expected. Correct --sha256 or the address, or upload the file again.");
                Restarted(log, shown);
                (isSecond, fruitless) = (true, 0);
                continue;
            }

            // What came is kept whatever happens next.
            part.Sync();
            isContinued |= part.Length > 0;
            (fruitless, pause) = part.Length > before ? (1, limits.FirstPause) : (fruitless + 1, fruitless == 0 ? limits.FirstPause : Shorter(pause * 2));
            if (fruitless >= limits.Attempts)
                return DownloadResult.Later($"'{shown}' was tried {fruitless} times in a row without a byte: {attempt.Reason} Try again later; {part.Length} bytes are kept.");
            var wait = Shorter(attempt.Wait > pause ? attempt.Wait.Value : pause);
            Interrupted(log, shown, part.Length, attempt.Reason, wait.TotalSeconds);
            await Task.Delay(wait, time, stopping).ConfigureAwait(false);
        }
    }

    private TimeSpan Shorter(TimeSpan pause) => pause < limits.LongestPause ? pause : limits.LongestPause;

    private async Task<Attempt> TryAsync(HttpClient http, Uri address, PartialFile part, IProgress<DownloadProgress>? progress, CancellationToken stopping)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var patience = new CancellationTokenSource(limits.StallTime, time);
        using var cancels = patience.Token.Register(stall.Cancel);
        try
        {
            using var response = await AskAsync(http, address, part, stall.Token).ConfigureAwait(false);
            if (response.Failure is { } failure) return failure;
            var answer = response.Message!;
            if (Judge(answer, address, part) is { } judged) return judged;
            await using var body = await answer.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
            var buffer = new byte[BufferBytes];
            while (true)
            {
                patience.CancelAfter(limits.StallTime);
                var read = await body.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
                if (read == 0) break;
                if (part.Length + read > limits.MaxBytes) return TooLarge(address, part, "more than");
                await part.AppendAsync(buffer.AsMemory(0, read), stopping).ConfigureAwait(false);
                progress?.Report(new DownloadProgress(part.Length, part.Total));
            }

            return part.Total is { } total && part.Length != total ? Attempt.Again($"{address.Host} ended after {part.Length} of {total} bytes.") : Whole(part);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return Attempt.Again($"{address.Host} sent nothing for {limits.StallTime.TotalSeconds:0.#} s.");
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException)
        {
            return Attempt.Again($"{address.Host}: {DownloadAddress.Mask((e.InnerException ?? e).Message).TrimEnd('.')}.");
        }
    }

    /// <summary>Null: the body is to be appended.</summary>
    private Attempt? Judge(HttpResponseMessage answer, Uri address, PartialFile part)
    {
        var (shown, code) = (DownloadAddress.Show(address), (int)answer.StatusCode);
        var validator = ValidatorOf(answer);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.PartialContent when IsContinuation(answer, part, validator): break;
            case HttpStatusCode.PartialContent:
                part.Begin(null, null);
                return Attempt.Again($"{address.Host} sent another part than was asked for; the download begins again.");
            case HttpStatusCode.RequestedRangeNotSatisfiable when part.Length > 0 && answer.Content.Headers.ContentRange?.Length == part.Length && (validator is null || validator == part.Validator):
                return Whole(part);
            case HttpStatusCode.RequestedRangeNotSatisfiable when part.Length > 0:
                part.Begin(null, null);
                return Attempt.Again($"{address.Host} has another file there now; the download begins again.");
            case HttpStatusCode.OK:
                if (part.Length > 0) Restarted(log, shown);
                part.Begin(validator, answer.Content.Headers.ContentLength);
                break;
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                return Attempt.Again($"{address.Host} answered {code}.", WaitOf(answer));
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                return Attempt.Failed($"'{shown}' may not be read ({code}); an address that needs no login was expected. Has its signature (SAS) expired?");
            default: return Attempt.Failed($"'{shown}' answered {code}, a file was expected. Correct the address, or upload the model there.");
        }

        if (answer.Content.Headers.ContentEncoding.Count > 0) return Attempt.Failed($"'{shown}' is sent with the encoding {answer.Content.Headers.ContentEncoding.First()}, which was not asked for. Let the server send the file as it is.");
        return part.Total > limits.MaxBytes ? TooLarge(address, part, $"{part.Total} bytes, and") : null;
    }

    private Attempt TooLarge(Uri address, PartialFile part, string size)
    {
        part.Begin(null, null);
        return Attempt.Failed($"'{DownloadAddress.Show(address)}' has {size} {limits.MaxBytes} bytes are taken at most. Is it the right file? Otherwise raise EdgeVision:Models:MaxMegabytes.");
    }

    private TimeSpan? WaitOf(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };

    [LoggerMessage(EventIds.ModelDownloadInterrupted, LogLevel.Warning, "The download of {Address} stopped after {Bytes} bytes: {Reason} It goes on in {Seconds} s.")]
    private static partial void Interrupted(ILogger log, string address, long bytes, string reason, double seconds);

    [LoggerMessage(EventIds.ModelDownloadRestarted, LogLevel.Information, "The download of {Address} begins again: the server has another version than that of which a part was here.")]
    private static partial void Restarted(ILogger log, string address);
}
