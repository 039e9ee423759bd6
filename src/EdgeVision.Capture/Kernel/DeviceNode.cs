using System.Globalization;

namespace EdgeVision.Capture.Kernel;

/// <summary>A file under /dev: which device it is, and whose.</summary>
public sealed record DeviceNode
{
    private const string Groups = "/etc/group";

    public required string Path { get; init; }

    /// <summary>Number of the group it belongs to; 0 is root's.</summary>
    public required uint GroupId { get; init; }

    /// <summary>Null where /etc/group has no name for it, as in many containers.</summary>
    public required string? GroupName { get; init; }

    /// <summary>As ls shows them: <c>rw-rw----</c>.</summary>
    public required string Permissions { get; init; }

    internal (uint Major, uint Minor) Number { get; init; }

    /// <summary>The group, for people.</summary>
    public string Group => GroupName ?? GroupId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Null when there is no such node, or when it is no device.</summary>
    public static DeviceNode? Look(string path)
    {
        if (!OperatingSystem.IsLinux() || Libc.Look(path, out var facts) is not Errno.None || !facts.IsCharacterDevice) return null;
        return new DeviceNode
        {
            Path = path,
            GroupId = facts.Group,
            GroupName = NameOf(facts.Group),
            Permissions = string.Concat(Enumerable.Range(0, 9).Select(i => (facts.Mode & (0x100 >> i)) != 0 ? "rwx"[i % 3] : '-')),
            Number = (facts.Major, facts.Minor),
        };
    }

    public override string ToString() => $"{Path} ({Permissions}, group {Group})";

    private static string? NameOf(uint group)
    {
        try
        {
            foreach (var line in File.ReadLines(Groups))
            {
                if (line.Split(':') is [var name, _, var number, ..] && uint.TryParse(number, CultureInfo.InvariantCulture, out var id) && id == group) return name;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No names then: the number is told.
        }

        return null;
    }
}
