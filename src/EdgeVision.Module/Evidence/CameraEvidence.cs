using System.Security.Cryptography;
using EdgeVision.Azure.Blobs;
using EdgeVision.Events;
using EdgeVision.Evidence;
using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Module.Privacy;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Evidence;

/// <summary>Makes the pictures of one camera's events, on its loop's thread: the frame is at hand there and nowhere else.</summary>
internal sealed partial class CameraEvidence(string camera, Func<EvidenceOptions> options, EvidenceParts parts, Func<IReadOnlyList<string>> labels, TimeProvider time)
{
    private static readonly TimeSpan ReportAgain = TimeSpan.FromMinutes(1);

    private readonly EvidenceRule _rule = new(time);
    private Box[]? _hidden; // null: not known, so that the door decides by what is configured when the picture is made
    private long? _reported;

    /// <summary>Before anything is filtered out.</summary>
    public void Found(ReadOnlySpan<Detection> detections, long timestamp) => _hidden = options().Enabled ? parts.Door.Hidden(detections, labels()) : null;

    /// <summary>Null for an event without a picture.</summary>
    public PictureReference? Of(Frame frame, FrameEvent seen)
    {
        var now = options();
        if (_rule.Subject(now, seen, isAnswer: frame.Triggers is not null) is not { } subject) return null;
        var shape = new PictureShape(now.Width, now.Quality, now.IsCrop ? PictureDoor.Grown(subject.Box, now.Margin) : null);
        try
        {
            if (parts.Door.Make(frame, _hidden, shape, out var refusal) is { } picture && Keep(seen.Time, picture.Bytes, out refusal) is { } reference)
            {
                _rule.Kept();
                return reference;
            }

            Report(refusal!);
        }
        catch (PictureException e)
        {
            Report(e.Message);
        }

        return null;
    }

    private PictureReference? Keep(DateTimeOffset capturedAt, byte[] jpeg, out string? refusal)
    {
        var upload = parts.Keeping().Upload;
        if (parts.Folder.Save(camera, capturedAt, jpeg, isSent: upload is not null, out refusal) is not { } path) return null;
        parts.Telemetry.CountKept(isSent: upload is not null);
        var uri = upload is null ? path : BlobContainer.UriOf(upload, EvidenceUploads.BlobOf(parts.Node, path));
        return new PictureReference(uri, Convert.ToHexStringLower(SHA256.HashData(jpeg)));
    }

    private void Report(string reason)
    {
        parts.Telemetry.CountNotKept();
        if (_reported is { } at && time.GetElapsedTime(at) < ReportAgain) return;
        _reported = time.GetTimestamp();
        NoPicture(parts.Log, camera, reason);
    }

    [LoggerMessage(EventIds.EvidenceNotKept, LogLevel.Warning, "Events of camera {Camera} go without a picture: {Reason}")]
    private static partial void NoPicture(ILogger log, string camera, string reason);
}
