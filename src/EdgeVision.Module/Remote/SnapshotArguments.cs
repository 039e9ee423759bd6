using EdgeVision.Configuration;

namespace EdgeVision.Module.Remote;

/// <summary>Of <c>snapshot</c>.</summary>
internal sealed record SnapshotArguments(string Camera, int Width, int Quality)
{
    public static SnapshotArguments Read(OptionsReader arguments) => new(
        CameraCommands.ReadName(arguments),
        arguments.Integer("width", 1920, 16, 1920, "Pixels, at most; a smaller picture is not enlarged."),
        arguments.Integer("quality", 80, 1, 100, "Of the JPEG. Lowering it saves bytes and shows blocks."));
}
