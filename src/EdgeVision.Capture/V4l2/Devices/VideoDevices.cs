using EdgeVision.Capture.Kernel;

namespace EdgeVision.Capture.V4l2.Devices;

/// <summary>The video devices of this machine.</summary>
public static class VideoDevices
{
    /// <summary>Where udev keeps names that stay.</summary>
    private static readonly string[] LinkFolders = ["/dev/v4l/by-id", "/dev/v4l/by-path"];

    /// <summary>All of /dev/video*, by number; also those that are no camera and those that cannot be opened.</summary>
    public static IReadOnlyList<VideoDevice> List()
    {
        var links = Links();
        return [.. V4l2Nodes.All().Select(path => Describe(path, links))];
    }

    /// <summary>One of them, by any of its names.</summary>
    public static VideoDevice Find(string path) => Describe(path, Links());

    /// <summary>The node behind a link; the path itself when it is none.</summary>
    public static string NodeOf(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return path;
        }
    }

    private static VideoDevice Describe(string path, ILookup<string, string> links)
    {
        var found = new VideoDevice { Path = path, Links = [.. links[NodeOf(path)]], Node = DeviceNode.Look(path) };
        if (!V4l2Device.TryOpen(path, out var device, out var error)) return found with { Error = error };
        using (device) return found with { Name = device.Name, Driver = device.Driver, BusInfo = device.BusInfo, Capabilities = device.Capabilities, CanCapture = device.CanCapture };
    }

    private static ILookup<string, string> Links() => LinkFolders.SelectMany(f => Entries(f).Order(StringComparer.Ordinal)).ToLookup(NodeOf);

    private static string[] Entries(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
