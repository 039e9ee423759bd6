using EdgeVision.Capture.Kernel;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class ProcessGroupsTests
{
    [Fact]
    public void The_effective_user_and_all_groups_are_read()
    {
        var process = ProcessGroups.Parse(["Name:\tedgevision", "Uid:\t0\t1000\t0\t0", "Gid:\t0\t1001\t0\t0", "Groups:\t27 44 1000 "]);
        Assert.Equal(1000u, process.User);
        Assert.Equal([27u, 44, 1000, 1001], process.Groups.Order().ToArray());
    }

    [Fact]
    public void What_cannot_be_read_is_nobody()
    {
        Assert.Equal(uint.MaxValue, ProcessGroups.Parse(["Uid:", "Uid:\tx", ""]).User);
        Assert.Equal("4294967294", ProcessGroups.NameOf(4294967294));
    }

    [Fact]
    public void Our_own_are_found() => Assert.NotEqual(uint.MaxValue, ProcessGroups.Ours().User);
}
