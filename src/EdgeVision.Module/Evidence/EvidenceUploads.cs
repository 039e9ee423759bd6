using EdgeVision.Azure.Blobs;
using EdgeVision.Delivery;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Evidence;

/// <summary>Sends pictures of events to their container, oldest first, one at a time, and lets go those that are kept no more.</summary>
/// <param name="parts">Where they lie.</param>
/// <param name="mayLeave">False while no picture may: what was kept before stays until it may, or is too old.</param>
/// <param name="time">Measures waits.</param>
internal sealed partial class EvidenceUploads(EvidenceParts parts, Func<bool> mayLeave, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2), SweepEvery = TimeSpan.FromMinutes(1), ReportAgain = TimeSpan.FromMinutes(10);

    private readonly RetrySchedule _retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), Random.Shared);
    private long? _swept;
    private (string Reason, long At)? _told;
    private bool _isBehind = true;

    /// <summary>Name of the blob of a picture: the camera's folders below the node's own.</summary>
    public static string BlobOf(string node, string reference) => $"{node}/{reference[(EvidenceFolder.Name.Length + 1)..]}";

    public async Task RunAsync(CancellationToken stopping)
    {
        using var container = new BlobContainer(time);
        while (true)
        {
            if (_swept is not { } at || time.GetElapsedTime(at) >= SweepEvery)
            {
                _swept = time.GetTimestamp();
                parts.Folder.Sweep();
            }

            var wait = await SendAsync(container, stopping);
            await Task.Delay(wait ?? LookEvery, time, stopping);
        }
    }

    /// <summary>All there is; returns how long to wait when the other side does not take it.</summary>
    private async Task<TimeSpan?> SendAsync(BlobContainer container, CancellationToken stopping)
    {
        if (parts.Keeping().Upload is not { } upload || !mayLeave()) return null;
        if (!parts.Folder.TakeNews() && !_isBehind) return null;
        _isBehind = true;
        var unsent = parts.Folder.Unsent();
        for (var i = 0; i < unsent.Count; i++)
        {
            var reference = unsent[i];
            parts.Telemetry.Waits(unsent.Count - i);
            if (!mayLeave()) return null;
            if (parts.Folder.Read(reference) is not { } jpeg)
            {
                parts.Folder.Settle(reference);
                continue;
            }

            var answer = await container.PutAsync(upload, BlobOf(parts.Node, reference), jpeg, "image/jpeg", stopping);
            if (answer.Outcome is BlobOutcome.Later)
            {
                var wait = answer.RetryAfter ?? _retry.Next();
                Report(answer.Reason!, wait);
                return wait;
            }

            parts.Folder.Settle(reference);
            if (answer.Outcome is BlobOutcome.Refused) NotStored(reference, answer.Reason!);
            else Stored();
        }

        parts.Telemetry.Waits(0);
        _isBehind = false;
        return null;
    }

    private void Stored()
    {
        parts.Telemetry.CountSent();
        if (_retry.Attempts > 0) Recovered(parts.Log, _retry.Attempts);
        _retry.Reset();
        _told = null;
    }

    private void NotStored(string reference, string reason)
    {
        parts.Telemetry.CountRefused();
        Refused(parts.Log, reference, reason);
    }

    private void Report(string reason, TimeSpan wait)
    {
        if (_told is { } told && told.Reason == reason && time.GetElapsedTime(told.At) < ReportAgain) return;
        _told = (reason, time.GetTimestamp());
        Later(parts.Log, reason, wait.TotalSeconds);
    }

    [LoggerMessage(EventIds.EvidenceUploadWaits, LogLevel.Warning, "Pictures of events wait to be sent: {Reason} Next attempt in {Seconds:0.0} s.")]
    private static partial void Later(ILogger log, string reason, double seconds);

    [LoggerMessage(EventIds.EvidenceUploadRecovered, LogLevel.Information, "Pictures of events are sent again, after {Attempts} attempts.")]
    private static partial void Recovered(ILogger log, int attempts);

    [LoggerMessage(EventIds.EvidenceRefused, LogLevel.Error, "The picture {Picture} stays here and is not sent: {Reason}")]
    private static partial void Refused(ILogger log, string picture, string reason);
}
