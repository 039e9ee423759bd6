using EdgeVision.Onnx;

namespace EdgeVision.IntegrationTests.Onnx;

public sealed class EffectiveCpusTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edgevision-cgroup-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public static TheoryData<string, string, double?> CpuMax => new()
    {
        { "unlimited", "max 100000\n", null },
        { "one and a half", "150000 100000\n", 1.5 },
        { "no period: the default", "200000", 2 },
        { "empty", "", null },
        { "nonsense", "a lot of it", null },
        { "zero period", "100000 0", null },
        { "negative", "-1 100000", null },
    };

    [Theory]
    [MemberData(nameof(CpuMax))]
    public void A_cpu_max_is_understood(string name, string text, double? expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, EffectiveCpus.ParseCpuMax(text));
    }

    public static TheoryData<string, int, double[], int> Counts => new()
    {
        { "no quota", 4, [], 4 },
        { "quota below affinity, rounded up", 8, [1.5], 2 },
        { "quota above affinity", 2, [16], 2 },
        { "the tightest quota counts", 8, [4, 2, 6], 2 },
        { "at least one", 8, [0.1], 1 },
        { "affinity unknown", 0, [], 1 },
    };

    [Theory]
    [MemberData(nameof(Counts))]
    public void The_smaller_of_affinity_and_quota_counts(string name, int affinity, double[] quotas, int expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, EffectiveCpus.From(affinity, quotas));
    }

    [Fact]
    public void Version_2_quotas_are_read_up_to_the_root()
    {
        Write("cpu.max", "max 100000");
        Write("a/cpu.max", "300000 100000");
        Write("a/b/cpu.max", "200000 100000");
        Assert.Equal([2, 3], EffectiveCpus.Quotas(_root, "0::/a/b\n"));
    }

    [Fact]
    public void In_a_container_the_mounts_own_top_is_read_although_the_path_is_the_hosts()
    {
        Write("cpu.max", "50000 100000");
        Assert.Equal([0.5], EffectiveCpus.Quotas(_root, "0::/system.slice/docker-123.scope"));
        Assert.Equal([0.5], EffectiveCpus.Quotas(_root, "0::/"));
    }

    [Theory]
    [InlineData("cpu,cpuacct")]
    [InlineData("cpu")]
    public void Version_1_quotas_are_read_below_their_controller(string mount)
    {
        Write($"{mount}/x/cpu.cfs_quota_us", "250000\n");
        Write($"{mount}/x/cpu.cfs_period_us", "100000\n");
        Write($"{mount}/cpu.cfs_quota_us", "-1\n");
        Write($"{mount}/cpu.cfs_period_us", "100000\n");
        Assert.Equal([2.5], EffectiveCpus.Quotas(_root, "5:memory:/x\n4:cpu,cpuacct:/x\n"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("0::/absent")]
    public void Where_nothing_is_found_nothing_limits(string membership) => Assert.Empty(EffectiveCpus.Quotas(_root, membership));

    [Fact]
    public void This_machine_has_at_least_one() => Assert.InRange(EffectiveCpus.Count, 1, Environment.ProcessorCount);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, name))!);
        File.WriteAllText(Path.Combine(_root, name), text);
    }
}
