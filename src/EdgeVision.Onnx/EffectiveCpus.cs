using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace EdgeVision.Onnx;

/// <summary>
/// Processors this process may really use. ONNX Runtime counts the host's cores: in a container with a quota of two it would start as many threads
/// as the host has cores, and the scheduler would stop them all half of the time.
/// </summary>
public static partial class EffectiveCpus
{
    /// <summary>A mask of 8192 processors, the kernel's largest.</summary>
    private const int MaskBytes = 8192 / 8;

    private const string CgroupRoot = "/sys/fs/cgroup";

    /// <summary>At least 1: the smaller of affinity and cgroup quota, rounded up.</summary>
    public static int Count => From(Affinity(), Quotas(CgroupRoot, ReadText("/proc/self/cgroup") ?? ""));

    /// <param name="affinity">Processors the scheduler may use.</param>
    /// <param name="quotas">In processors, of every cgroup around the process; none where nothing limits.</param>
    public static int From(int affinity, IEnumerable<double> quotas)
    {
        ArgumentNullException.ThrowIfNull(quotas);
        var least = quotas.Aggregate((double)affinity, Math.Min);
        return Math.Max(1, (int)Math.Ceiling(least));
    }

    /// <summary>Version 2, the text of <c>cpu.max</c>: quota and period in microseconds, or "max". Null where nothing limits or nothing is understood.</summary>
    public static double? ParseCpuMax(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length switch
        {
            1 => ParseQuota(words[0], "100000"),
            2 => ParseQuota(words[0], words[1]),
            _ => null,
        };
    }

    /// <summary>Version 1, the texts of <c>cpu.cfs_quota_us</c> (−1 for no limit) and <c>cpu.cfs_period_us</c>.</summary>
    public static double? ParseQuota(string quota, string period) =>
        long.TryParse(quota, NumberStyles.Integer, CultureInfo.InvariantCulture, out var q) && q > 0
        && long.TryParse(period, NumberStyles.Integer, CultureInfo.InvariantCulture, out var p) && p > 0
            ? (double)q / p
            : null;

    /// <summary>Quotas of the process's cgroup and of all above it: the tightest counts.</summary>
    /// <param name="root">Where cgroups are mounted.</param>
    /// <param name="membership">The text of <c>/proc/self/cgroup</c>: lines of <c>id:controllers:path</c>, an empty list for version 2.</param>
    public static IReadOnlyList<double> Quotas(string root, string membership)
    {
        ArgumentNullException.ThrowIfNull(membership);
        var quotas = new List<double>();
        foreach (var line in membership.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line.Split(':', 3) is not [_, var controllers, var path]) continue;
            if (controllers.Length == 0) Collect(root, path, static folder => ReadText(folder + "/cpu.max") is { } text ? ParseCpuMax(text) : null, quotas);
            else if (controllers.Split(',').Contains("cpu")) Collect(ControllerFolder(root, controllers), path, ReadVersion1, quotas);
        }

        return quotas;
    }

    /// <summary>The mount is named as the list of controllers, or by a link as one of them.</summary>
    private static string ControllerFolder(string root, string controllers) =>
        Directory.Exists($"{root}/{controllers}") ? $"{root}/{controllers}" : $"{root}/cpu";

    /// <summary>In a container the path may be the host's and not exist here; the mount's own top is then the container's cgroup.</summary>
    private static void Collect(string root, string path, Func<string, double?> read, List<double> quotas)
    {
        for (var at = path.TrimEnd('/'); ; at = at[..at.LastIndexOf('/')])
        {
            if (read(root + at) is { } quota) quotas.Add(quota);
            if (!at.Contains('/')) return;
        }
    }

    private static double? ReadVersion1(string folder) =>
        ReadText(folder + "/cpu.cfs_quota_us") is { } quota && ReadText(folder + "/cpu.cfs_period_us") is { } period
            ? ParseQuota(quota.Trim(), period.Trim())
            : null;

    private static string? ReadText(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No limit that can be read is no limit that can be kept: the affinity still holds.
            return null;
        }
    }

    private static unsafe int Affinity()
    {
        if (!OperatingSystem.IsLinux()) return Environment.ProcessorCount;
        var mask = stackalloc ulong[MaskBytes / sizeof(ulong)];
        new Span<byte>(mask, MaskBytes).Clear();
        if (SchedGetAffinity(0, MaskBytes, mask) != 0) return Environment.ProcessorCount;
        var count = 0;
        for (var i = 0; i < MaskBytes / sizeof(ulong); i++) count += BitOperations.PopCount(mask[i]);
        return count;
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static unsafe partial int SchedGetAffinity(int pid, nuint bytes, ulong* mask);
}
