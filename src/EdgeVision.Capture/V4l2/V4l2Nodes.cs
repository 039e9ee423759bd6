using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EdgeVision.Capture.V4l2;

/// <summary>The video devices of this machine.</summary>
public static class V4l2Nodes
{
    private const string Folder = "/dev", Prefix = "video";

    /// <summary>Paths of all nodes, /dev/video0 first.</summary>
    public static IReadOnlyList<string> All()
    {
        if (!Directory.Exists(Folder)) return [];
        var found = new List<(int Number, string Path)>();
        foreach (var path in Directory.EnumerateFileSystemEntries(Folder, Prefix + "*"))
        {
            if (int.TryParse(System.IO.Path.GetFileName(path.AsSpan())[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) found.Add((number, path));
        }

        found.Sort();
        return found.ConvertAll(static node => node.Path);
    }

    /// <summary>Nodes that give frames, with their names: one clause for error texts.</summary>
    public static string Describe()
    {
        var cameras = new List<string>();
        var hidden = 0;
        foreach (var path in All())
        {
            if (!V4l2Device.TryOpen(path, out var device, out _)) hidden++;
            else if (device.CanCapture) cameras.Add($"{path} ({device.Name}, {device.BusInfo})");
            device?.Dispose();
        }

        var text = cameras.Count == 0 ? "no camera is there" : $"there {(cameras.Count == 1 ? "is" : "are")} {string.Join(", ", cameras.Take(8))}";
        return hidden == 0 ? text : $"{text} and {hidden} that this user may not open";
    }

    /// <summary>The camera that is plugged in at a place; asked anew at each opening, as numbers change when cameras come and go.</summary>
    /// <param name="busInfo">As QUERYCAP tells it.</param>
    /// <param name="path">Of the node.</param>
    public static bool TryFind(string busInfo, [NotNullWhen(true)] out string? path)
    {
        foreach (var node in All())
        {
            if (!V4l2Device.TryOpen(node, out var device, out _)) continue;
            using (device)
            {
                if (!device.CanCapture || !device.BusInfo.Equals(busInfo, StringComparison.Ordinal)) continue;
                path = node;
                return true;
            }
        }

        path = null;
        return false;
    }
}
