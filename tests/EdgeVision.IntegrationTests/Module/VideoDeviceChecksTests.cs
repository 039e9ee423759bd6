using EdgeVision.Capture.V4l2.Devices;
using EdgeVision.Module.Doctor;

namespace EdgeVision.IntegrationTests.Module;

public sealed class VideoDeviceChecksTests
{
    [Fact]
    public void No_camera_is_no_fault() => Assert.Equal(FindingLevel.Ok, VideoDeviceChecks.Examine([]).Level);

    [Fact]
    public void Cameras_are_named() => Assert.Equal("/dev/video0 (Webcam).", VideoDeviceChecks.Examine([Device("/dev/video0") with { Name = "Webcam", CanCapture = true }]).Detail);

    [Fact]
    public void A_device_that_cannot_be_opened_is_a_warning_with_its_fix()
    {
        var finding = VideoDeviceChecks.Examine([Device("/dev/video0") with { Error = "This user may not." }, Device("/dev/video2") with { Name = "Webcam", CanCapture = true }]);
        Assert.Equal((FindingLevel.Warn, "/dev/video2 (Webcam). /dev/video0 cannot be opened.", "This user may not."), (finding.Level, finding.Detail, finding.Fix));
    }

    private static VideoDevice Device(string path) => new() { Path = path, Links = [], Node = null };
}
