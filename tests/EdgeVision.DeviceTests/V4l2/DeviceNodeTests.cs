using System.Diagnostics;
using System.Runtime.Versioning;
using EdgeVision.Capture.Kernel;

namespace EdgeVision.DeviceTests.V4l2;

[SupportedOSPlatform("linux")]
public sealed class DeviceNodeTests
{
    [Fact]
    public void A_node_says_whose_it_is()
    {
        Guest.Require();
        File.SetUnixFileMode("/dev/video1", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Equal("/dev/video1 (rw-r-----, group root)", DeviceNode.Look("/dev/video1")?.ToString());
    }

    [Fact]
    public void What_is_no_device_is_no_node()
    {
        Guest.Require();
        Assert.Null(DeviceNode.Look("/dev/video99"));
        Assert.Null(DeviceNode.Look("/etc/passwd"));
    }

    [Fact]
    public async Task The_process_that_holds_a_camera_is_found_and_we_are_not_told_of_ourselves()
    {
        Guest.Require();
        File.CreateSymbolicLink("/dev/front-door", "/dev/video1");
        Assert.Equal(Errno.None, Libc.Open("/dev/video1", out var ours));
        using var holder = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", "exec 3<>/dev/video1; echo open; read"]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        try
        {
            Assert.Equal("open", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            var user = Assert.Single(DeviceUser.Of(DeviceNode.Look("/dev/front-door")!));
            Assert.Equal($"bash (process {holder.Id})", user.ToString());
            Assert.Empty(DeviceUser.Of(DeviceNode.Look("/dev/video0")!));
        }
        finally
        {
            holder.Kill();
            ours.Dispose();
            File.Delete("/dev/front-door");
        }
    }
}
