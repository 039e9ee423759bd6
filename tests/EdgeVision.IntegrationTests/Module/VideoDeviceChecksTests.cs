using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2.Devices;
using EdgeVision.Module.Doctor;

namespace EdgeVision.IntegrationTests.Module;

public sealed class VideoDeviceChecksTests
{
    [Fact]
    public void No_camera_is_no_fault() => Assert.Equal(FindingLevel.Ok, VideoDeviceChecks.Examine([]).Level);

    [Fact]
    public void Cameras_are_named() => Assert.Equal("/dev/video0 (Webcam).", VideoDeviceChecks.Examine([Device("/dev/video0") with { Name = "Webcam", CanCapture = true }]).Detail);

    [Theory]
    [InlineData(true, "This user may not use /dev/video0 (rw-rw----, group video). Let it join the group video (usermod -aG video USER, then log in again; in a container --group-add video).")]
    [InlineData(false, "This user may not use /dev/video0 (rw-rw----, group video). Give its group the right to read and write it (a udev rule with MODE=\"0660\").")]
    public void A_node_that_this_user_may_not_open_is_told_with_the_group_to_join(bool group, string fix)
    {
        var node = new DeviceNode { Path = "/dev/video0", Group = "video", Permissions = "rw-rw----", IsOurs = false, IsGroups = group };
        var finding = VideoDeviceChecks.Examine([Device("/dev/video0") with { Error = "No.", Node = node }]);
        Assert.Equal((FindingLevel.Warn, fix), (finding.Level, finding.Fix));
        Assert.Contains("/dev/video0 cannot be opened", finding.Detail, StringComparison.Ordinal);
    }

    private static VideoDevice Device(string path) => new() { Path = path, Links = [], Node = null };
}
