using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.IntegrationTests.Onnx;

namespace EdgeVision.IntegrationTests.Capture.V4l2.Controls;

public sealed class WantedControlsTests
{
    private readonly CollectingLogger _log = new();

    [Fact]
    public void Configured_values_are_set_when_a_camera_opens_and_again_when_it_comes_back()
    {
        var wanted = new WantedControls("door", [Webcam.Wish("rotate", "90"), Webcam.Wish("gain", "8")], _log);
        foreach (var driver in new[] { Webcam.Driver(), Webcam.Driver() })
        {
            var camera = driver.Open();
            wanted.BeforeFormat(camera);
            Assert.Equal(["Rotate = 90"], driver.Written);
            wanted.AfterFormat(camera);
            Assert.Equal(["Rotate = 90", "Gain = 8"], driver.Written);
            wanted.Closing();
        }
    }

    [Fact]
    public void A_value_set_live_is_set_again_when_the_camera_comes_back()
    {
        var wanted = new WantedControls("door", [Webcam.Wish("gain", "8")], _log);
        var (first, second) = (Webcam.Driver(), Webcam.Driver());
        wanted.AfterFormat(first.Open());
        Assert.Equal(ControlStatus.Set, wanted.Set("gain", "16").Status);
        Assert.Equal(ControlStatus.Mistaken, wanted.Set("exposure", "0").Status);
        Assert.Equal(["Gain = 8", "Gain = 16"], first.Written);
        wanted.Closing();

        wanted.AfterFormat(second.Open());
        Assert.Equal(["Gain = 16"], second.Written);
        Assert.Contains(wanted.Read(), c => c.Key.Name == "gain" && c.Value == "16");
    }

    [Fact]
    public void The_last_wish_wins_when_two_names_mean_one_control()
    {
        var wanted = new WantedControls("door", [Webcam.Wish("exposure_time_absolute", "10"), Webcam.Wish("exposure", "20")], _log);
        wanted.Set("exposure_time_absolute", "30");
        var driver = Webcam.Driver();
        wanted.AfterFormat(driver.Open());
        Assert.Equal(30, driver.Values[ControlNames.ExposureAbsolute]);
    }

    [Fact]
    public void What_is_wished_while_no_camera_is_open_waits_for_it()
    {
        var wanted = new WantedControls("door", [], _log);
        Assert.Equal(ControlStatus.Waiting, wanted.Set("gain", "16").Status);
        Assert.Empty(wanted.Read());
        var driver = Webcam.Driver();
        wanted.AfterFormat(driver.Open());
        Assert.Equal(["Gain = 16"], driver.Written);
    }

    [Fact]
    public void What_the_camera_would_not_take_is_a_warning_with_the_reason()
    {
        var driver = Webcam.Driver();
        driver.Refuses = id => id == ControlNames.Gain ? Errno.EBUSY : Errno.None;
        var wanted = new WantedControls("door", [Webcam.Wish("gain", "8"), Webcam.Wish("brigthness", "3"), Webcam.Wish("hflip", "on")], _log);
        wanted.AfterFormat(driver.Open());
        Assert.Equal(["Horizontal Flip = 1"], driver.Written);
        Assert.Equal(2, _log.Entries.Count(e => e.Id == EventIds.ControlNotSet));
    }
}
