using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2.Controls;

namespace EdgeVision.IntegrationTests.Capture.V4l2.Controls;

public sealed class CameraControlsTests
{
    [Fact]
    public void Controls_are_named_as_v4l2_ctl_names_them_under_their_heading()
    {
        var controls = Webcam.Driver().Open().All;
        Assert.Equal(
            ["brightness", "white_balance_automatic", "gain", "horizontal_flip", "power_line_frequency", "white_balance_temperature", "rotate", "auto_exposure", "exposure_time_absolute", "exposure_dynamic_framerate"],
            controls.Select(c => c.Name));
        Assert.Equal("User Controls", controls[0].Group);
        Assert.Equal("Camera Controls", controls[^1].Group);
        Assert.Equal(["Manual Mode", "Aperture Priority Mode"], controls[^3].Items.Select(i => i.Name));     // the camera lacks 0 and 2
    }

    [Theory]
    [InlineData("a word for it", "exposure", "156", "Exposure Time, Absolute = 156")]
    [InlineData("the driver's name", "brightness", "-10", "Brightness = -10")]
    [InlineData("the driver's label", "Power Line Frequency", "2", "Power Line Frequency = 2")]
    [InlineData("an item by name", "power_line_frequency", "50 Hz", "Power Line Frequency = 1")]
    [InlineData("an item by name, written otherwise", "power-line-frequency", "50hz", "Power Line Frequency = 1")]
    [InlineData("on", "hflip", "on", "Horizontal Flip = 1")]
    [InlineData("true of JSON", "hflip", "true", "Horizontal Flip = 1")]
    [InlineData("an automatic mode", "exposure", "auto", "Auto Exposure = 3")]
    [InlineData("an automatic switch", "white_balance", "auto", "White Balance, Automatic = 1")]
    [InlineData("hexadecimal", "gain", "0x10", "Gain = 16")]
    public void Values_are_set_as_people_write_them(string row, string name, string value, string written)
    {
        var driver = Webcam.Driver();
        var outcome = Assert.Single(driver.Open().Apply([Webcam.Wish(name, value)], ControlMoment.Any));
        Assert.True(outcome.Status is ControlStatus.Set, $"{row}: {outcome.Sentence}");
        Assert.Equal(written, driver.Written[^1]);
    }

    [Theory]
    [InlineData("gain", "101", "Control gain of /dev/video7 takes 0 … 100, step 4, and '101' was wanted; the nearest is 100. Change 'gain' in Controls.")]
    [InlineData("gain", "41", "Control gain of /dev/video7 takes 0 … 100, step 4, and '41' was wanted; the nearest is 40. Change 'gain' in Controls.")]
    [InlineData("gain", "-9223372036854775808", "Control gain of /dev/video7 takes 0 … 100, step 4, and '-9223372036854775808' was wanted; the nearest is 0. Change 'gain' in Controls.")]
    [InlineData("exposure", "0", "Control exposure_time_absolute of /dev/video7 takes whole numbers of 1 … 5000, and '0' was wanted; the nearest is 1. Change 'exposure' in Controls.")]
    [InlineData("exposure", "a lot", "Control exposure_time_absolute of /dev/video7 takes whole numbers of 1 … 5000, and 'a lot' was wanted. Change 'exposure' in Controls.")]
    [InlineData("power_line_frequency", "55 Hz", "Control power_line_frequency of /dev/video7 takes one of 'Disabled', '50 Hz', '60 Hz', and '55 Hz' was wanted. Change 'power_line_frequency' in Controls.")]
    [InlineData("auto_exposure", "2", "Control auto_exposure of /dev/video7 takes one of 'Manual Mode', 'Aperture Priority Mode', and '2' was wanted. Change 'auto_exposure' in Controls.")]
    [InlineData("hflip", "2", "Control horizontal_flip of /dev/video7 takes on or off, and '2' was wanted. Change 'hflip' in Controls.")]
    [InlineData("focus", "auto", "/dev/video7 has no automatic mode for 'focus'. Give it a value, or take it out of Controls.")]
    [InlineData("gain", "auto", "/dev/video7 has no automatic mode for 'gain'. Give it a value, or take it out of Controls.")]
    [InlineData("exposure_dynamic_framerate", "1", "Control exposure_dynamic_framerate of /dev/video7 cannot be set: the driver has it for reading only. Take 'exposure_dynamic_framerate' out of Controls.")]
    [InlineData("expsoure", "5", "/dev/video7 has no control 'expsoure'; did you mean exposure? It has brightness, white_balance_automatic, gain, horizontal_flip, power_line_frequency, white_balance_temperature, rotate, auto_exposure, exposure_time_absolute.")]
    public void Wishes_that_make_no_sense_are_told_and_the_camera_is_not_asked(string name, string value, string sentence)
    {
        var driver = Webcam.Driver();
        Assert.Equal(new ControlOutcome(name, ControlStatus.Mistaken, sentence), Assert.Single(driver.Open().Apply([Webcam.Wish(name, value)], ControlMoment.Any)));
        Assert.Empty(driver.Written);
    }

    [Fact]
    public void Automatic_modes_come_before_the_values_they_hold()
    {
        var driver = Webcam.Driver();
        var outcomes = driver.Open().Apply([Webcam.Wish("exposure_time_absolute", "100"), Webcam.Wish("brightness", "1"), Webcam.Wish("auto_exposure", "Manual Mode")], ControlMoment.Any);
        Assert.All(outcomes, o => Assert.Equal(ControlStatus.Set, o.Status));
        Assert.Equal(["Auto Exposure = 1", "Exposure Time, Absolute = 100", "Brightness = 1"], driver.Written);
    }

    [Fact]
    public void A_number_under_a_common_word_switches_the_automatic_mode_off()
    {
        var driver = Webcam.Driver();
        var outcome = Assert.Single(driver.Open().Apply([Webcam.Wish("exposure", "100")], ControlMoment.Any));
        Assert.Equal(new ControlOutcome("exposure", ControlStatus.Set, "Control exposure_time_absolute of /dev/video7 is 100."), outcome);
        Assert.Equal(["Auto Exposure = 1", "Exposure Time, Absolute = 100"], driver.Written);
    }

    [Fact]
    public void A_mode_with_a_wish_of_its_own_is_left_as_wished_and_the_value_told_to_be_without_effect()
    {
        var driver = Webcam.Driver();
        var outcomes = driver.Open().Apply([Webcam.Wish("exposure", "100"), Webcam.Wish("auto_exposure", "3")], ControlMoment.Any);
        Assert.Equal(["Auto Exposure = 3", "Exposure Time, Absolute = 100"], driver.Written);
        var told = Assert.Single(outcomes, o => o.Name == "exposure");
        Assert.Equal(ControlStatus.Inactive, told.Status);
        Assert.Contains("has no effect for now", told.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Errno.EBUSY, "Control gain of /dev/video7 would not be set to 8: EBUSY, it is held while the camera streams or by another program; it can be set when that has ended.")]
    [InlineData(Errno.EIO, "Control gain of /dev/video7 would not be set to 8: EIO, the camera did not answer; many webcams refuse a value so while its automatic mode is on.")]
    [InlineData(Errno.ENOSPC, "Control gain of /dev/video7 would not be set to 8: ENOSPC.")]
    internal void A_refused_control_is_told_and_the_others_are_set(Errno error, string sentence)
    {
        var driver = Webcam.Driver();
        driver.Refuses = id => id == ControlNames.Gain ? error : Errno.None;
        var outcomes = driver.Open().Apply([Webcam.Wish("gain", "8"), Webcam.Wish("brightness", "3")], ControlMoment.Any);
        Assert.Equal(new ControlOutcome("gain", ControlStatus.Refused, sentence), outcomes[0]);
        Assert.Equal(ControlStatus.Set, outcomes[1].Status);
        Assert.Equal(["Brightness = 3"], driver.Written);
    }

    [Fact]
    public void What_the_camera_made_of_a_value_is_told()
    {
        var driver = Webcam.Driver();
        driver.Rounds = (_, value) => value / 32 * 32;
        var outcome = Assert.Single(driver.Open().Apply([Webcam.Wish("exposure_time_absolute", "100"), Webcam.Wish("auto_exposure", "1")], ControlMoment.Any), o => o.Status is ControlStatus.Adjusted && o.Name[0] == 'a');
        Assert.Equal("Control auto_exposure of /dev/video7 was set to Manual Mode, and the camera made 0 of it.", outcome.Sentence);
    }

    [Fact]
    public void What_changes_the_layout_comes_before_the_format_and_all_else_after_it()
    {
        var driver = Webcam.Driver();
        var camera = driver.Open();
        KeyValuePair<string, string>[] wishes = [Webcam.Wish("exposure", "100"), Webcam.Wish("rotate", "90"), Webcam.Wish("nothing", "1")];
        Assert.Equal("rotate", Assert.Single(camera.Apply(wishes, ControlMoment.BeforeFormat)).Name);
        Assert.Equal(["Rotate = 90"], driver.Written);
        Assert.Equal(["exposure", "nothing"], camera.Apply(wishes, ControlMoment.AfterFormat).Select(o => o.Name));
        Assert.Equal(["Rotate = 90", "Auto Exposure = 1", "Exposure Time, Absolute = 100"], driver.Written);
    }

    [Theory]
    [InlineData("the whole range of 64 bits", long.MinValue, long.MaxValue, 1ul, "9223372036854775807", 9223372036854775807)]
    [InlineData("a step in it", long.MinValue, long.MaxValue, 5ul, "-9223372036854775803", -9223372036854775803)]
    [InlineData("beyond 32 bits", 0, 10_000_000_000, 1ul, "9999999999", 9999999999)]
    public void Wide_controls_are_reckoned_without_overflow(string row, long minimum, long maximum, ulong step, string value, long written)
    {
        var driver = new ScriptedDriver().Has(0x00980901, ControlKind.Integer64, "Wide", minimum, maximum, step);
        var outcome = Assert.Single(driver.Open().Apply([Webcam.Wish("wide", value)], ControlMoment.Any));
        Assert.True(outcome.Status is ControlStatus.Set, $"{row}: {outcome.Sentence}");
        Assert.Equal(written, driver.Values[0x00980901]);
    }

    [Fact]
    public void Numbers_of_an_integer_menu_are_its_names()
    {
        var driver = new ScriptedDriver().Has(0x009F0901, ControlKind.IntegerMenu, "Link Frequency", 0, 2, items: [(0, "228000000"), (2, "456000000")]);
        Assert.Equal(ControlStatus.Set, driver.Open().Apply([Webcam.Wish("link_frequency", "456000000")], ControlMoment.Any)[0].Status);
        Assert.Equal(2, driver.Values[0x009F0901]);
        Assert.Equal(ControlStatus.Mistaken, driver.Open().Apply([Webcam.Wish("link_frequency", "2")], ControlMoment.Any)[0].Status);
    }

    [Fact]
    public void A_camera_without_controls_says_so()
    {
        var outcome = Assert.Single(new ScriptedDriver().Open().Apply([Webcam.Wish("gain", "1")], ControlMoment.Any));
        Assert.Equal("/dev/video7 has no control 'gain'. It has none that can be set.", outcome.Sentence);
    }
}
