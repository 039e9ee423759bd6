using System.CommandLine;

namespace EdgeVision.Module.Commands;

/// <summary><c>camera list|show|snapshot</c>: what there is to see with, what it can do, and what it sees.</summary>
internal static class CameraCommand
{
    public static Command Create() => new("camera", "The cameras of this machine: which there are, what each can do, and a picture from any camera URI.")
    {
        CameraListCommand.Create(),
        CameraShowCommand.Create(),
        CameraSnapshotCommand.Create(),
    };

    public static Option<string?> Report() => new("--report") { Description = "Write the same as JSON", HelpName = "FILE" };

    /// <summary>The camera URI of a device's path; any other text is one already.</summary>
    public static string ToUri(string device) => device.StartsWith('/') ? $"v4l2://{device}" : device;

    /// <summary>The device's path of a v4l2: URI, which people copy; any other text is one already.</summary>
    public static string ToPath(string uri) => uri.StartsWith("v4l2:///", StringComparison.OrdinalIgnoreCase) ? uri["v4l2://".Length..].Split('?')[0] : uri;
}
