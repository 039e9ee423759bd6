using System.Globalization;

namespace EdgeVision.Capture.Kernel;

/// <summary>User and groups of this process, by which the kernel decides what it may open.</summary>
/// <param name="User">Effective user.</param>
/// <param name="Groups">Effective and supplementary groups.</param>
internal sealed record ProcessGroups(uint User, IReadOnlySet<uint> Groups)
{
    /// <summary>From /proc/self/status. Nobody in no group where that cannot be read.</summary>
    public static ProcessGroups Ours() => Parse(Lines("/proc/self/status"));

    /// <param name="status">Lines <c>Uid:</c> and <c>Gid:</c> hold real, effective, saved and file system id.</param>
    public static ProcessGroups Parse(IEnumerable<string> status)
    {
        var (user, groups) = (uint.MaxValue, new HashSet<uint>());
        foreach (var line in status)
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal) && Numbers(line) is [_, var effective, ..]) user = effective;
            else if (line.StartsWith("Gid:", StringComparison.Ordinal) && Numbers(line) is [_, var group, ..]) groups.Add(group);
            else if (line.StartsWith("Groups:", StringComparison.Ordinal)) groups.UnionWith(Numbers(line));
        }

        return new ProcessGroups(user, groups);
    }

    /// <summary>From /etc/group; the number where it has no name there, as in many containers.</summary>
    public static string NameOf(uint group)
    {
        foreach (var line in Lines("/etc/group"))
        {
            if (line.Split(':') is [var name, _, var number, ..] && uint.TryParse(number, CultureInfo.InvariantCulture, out var id) && id == group) return name;
        }

        return group.ToString(CultureInfo.InvariantCulture);
    }

    private static List<uint> Numbers(string line) =>
        [.. line.Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(n => uint.TryParse(n, CultureInfo.InvariantCulture, out var id) ? id : uint.MaxValue)];

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
