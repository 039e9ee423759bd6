using System.Globalization;

namespace EdgeVision.Capture.Kernel;

/// <summary>A file under /dev, as its permissions have it: who may use it, and whether we are among them.</summary>
public sealed record DeviceNode
{
    private const int Read = 4, Write = 2;

    public required string Path { get; init; }

    /// <summary>Name of the group it belongs to, or its number where /etc/group has no name for it.</summary>
    public required string Group { get; init; }

    /// <summary>As ls shows them: <c>rw-rw----</c>.</summary>
    public required string Permissions { get; init; }

    /// <summary>This process may read and write it. Root always may, short of a container that keeps it from the device.</summary>
    public required bool IsOurs { get; init; }

    /// <summary>Its group may read and write it: joining that is the fix.</summary>
    public required bool IsGroups { get; init; }

    internal (uint Major, uint Minor) Number { get; init; }

    /// <summary>Null when there is no such node, or when it is no device.</summary>
    public static DeviceNode? Look(string path)
    {
        if (!OperatingSystem.IsLinux() || Libc.Look(path, out var facts) is not Errno.None || !facts.IsCharacterDevice) return null;
        var process = ProcessGroups.Ours();
        return new DeviceNode
        {
            Path = path,
            Group = ProcessGroups.NameOf(facts.Group),
            Permissions = string.Concat(Enumerable.Range(0, 9).Select(i => (facts.Mode & (0x100 >> i)) != 0 ? "rwx"[i % 3] : '-')),
            IsOurs = process.User == 0 || May(facts.Mode, facts.Owner == process.User ? 6 : process.Groups.Contains(facts.Group) ? 3 : 0),
            IsGroups = May(facts.Mode, 3),
            Number = (facts.Major, facts.Minor),
        };
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Path} ({Permissions}, group {Group})");

    private static bool May(int mode, int shift) => ((mode >> shift) & (Read | Write)) == (Read | Write);
}
