using System.Security.Cryptography;
using EdgeVision.Commands;
using EdgeVision.Imaging;

namespace EdgeVision.Module.Remote;

/// <summary><c>snapshot</c>: the camera's next frame, masked, as a JPEG in the data folder and, when it is small, in the answer.</summary>
internal sealed class SnapshotCommand(RemoteNode node)
{
    /// <summary>Of the picture as base64; an answer has 128 KB.</summary>
    private const int MaxInline = 96 * 1024;

    private readonly SnapshotFolder _folder = new(node.DataFolder);

    public async ValueTask<CommandAnswer> RunAsync(SnapshotArguments arguments, CancellationToken stopping)
    {
        if (!CameraCommands.TryFind(node, arguments.Camera, out var camera, out var refusal)) return refusal;
        if (node.Door.Refusal(hasLooked: false) is { } shut) return CommandAnswer.Refusal(CommandAnswer.Conflict, shut);
        using var frame = await CameraCommands.WithinAsync(camera.NextFrameAsync, node.Time, stopping);
        if (frame is null) return CameraCommands.NoFrame(camera.Camera);
        try
        {
            if (node.Door.Make(frame, hidden: null, new PictureShape(arguments.Width, arguments.Quality), out var sentence) is not { } picture) return CommandAnswer.Refusal(CommandAnswer.Conflict, sentence!);
            var reference = _folder.Save(camera.Camera, frame.CapturedAt, picture.Bytes);
            node.Pictured?.Invoke(camera.Camera, picture.Bytes);
            return Answer(camera.Camera, frame.CapturedAt, picture, reference);
        }
        catch (PictureException e)
        {
            return CommandAnswer.Refusal(CommandAnswer.Broken, e.Message);
        }
    }

    private static CommandAnswer Answer(string camera, DateTimeOffset capturedAt, ScaledJpeg picture, string reference) => CommandAnswer.Of(CommandAnswer.Ok, json =>
    {
        json.WriteString("camera", camera);
        json.WriteString("reference", reference);
        json.WriteString("sha256", Convert.ToHexStringLower(SHA256.HashData(picture.Bytes)));
        json.WriteNumber("width", picture.Width);
        json.WriteNumber("height", picture.Height);
        json.WriteNumber("bytes", picture.Bytes.Length);
        json.WriteString("capturedAt", Times.Of(capturedAt));
        // Base64: 4 characters for each 3 bytes begun.
        if ((picture.Bytes.Length + 2) / 3 * 4 <= MaxInline) json.WriteBase64String("image", picture.Bytes);
    });
}
