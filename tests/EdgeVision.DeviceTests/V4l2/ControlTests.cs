using EdgeVision.Capture;
using EdgeVision.Capture.V4l2;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Frames;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.DeviceTests.V4l2;

/// <summary>vivid has controls of all kinds, among them a gain that an automatic mode holds.</summary>
public sealed class ControlTests
{
    private const string Path = "/dev/video1";

    [Fact]
    public void Controls_of_all_kinds_are_listed_with_what_they_take()
    {
        Guest.Require();
        VividCamera.Set("brightness", "128", Path);
        VividCamera.Set("menu", "Menu Item 3", Path);
        using var device = Open();
        var camera = new CameraControls(device);
        Assert.Equal("User Controls: Integer 0 … 255", Sheet("brightness"));
        Assert.Equal("User Controls: Boolean on or off", Sheet("horizontal_flip"));
        Assert.Equal("User Controls: Menu Menu Item 1, Menu Item 3, Menu Item 4", Sheet("menu"));     // of 0 … 4, vivid leaves two out
        Assert.Equal("User Controls: IntegerMenu 2, 3, 5, 8, 13, 21, 42", Sheet("integer_menu"));
        Assert.Equal("User Controls: Text 2 to 4 characters", Sheet("string"));
        Assert.Equal("User Controls: Bitmask 0x0 … 0x80402010", Sheet("bitmask"));
        Assert.Equal("User Controls: Other not set by name", Sheet("u16_8x16_matrix"));
        Assert.Equal("Vivid Controls: Button press", Sheet("disconnect"));
        Assert.Equal("128", camera.Read(Named("brightness")));
        Assert.Equal("Menu Item 3", camera.Read(Named("menu")));
        Assert.Null(camera.Read(Named("button")));

        CameraControl Named(string name) => Assert.Single(camera.All, c => c.Name == name);
        string Sheet(string name) => $"{Named(name).Group}: {Named(name).Kind} {Named(name).Range}";
    }

    [Theory]
    [InlineData("brightness", "200", "200")]
    [InlineData("integer_32_bits", "-2147483648", "-2147483648")]
    [InlineData("integer_64_bits", "-9223372036854775808", "-9223372036854775808")]
    [InlineData("boolean", "off", "off")]
    [InlineData("menu", "menu item 4", "Menu Item 4")]
    [InlineData("integer_menu", "42", "42")]
    [InlineData("bitmask", "0x80000010", "0x80000010")]
    [InlineData("string", "door", "door")]
    [InlineData("hflip", "true", "on")]
    [InlineData("test_pattern", "Gray Ramp", "Gray Ramp")]
    public void Values_are_kept_by_the_driver_and_seen_by_another_process(string name, string value, string shown)
    {
        Guest.Require();
        using var device = Open();
        var camera = new CameraControls(device);
        var outcome = Assert.Single(camera.Apply([KeyValuePair.Create(name, value)], ControlMoment.Any));
        Assert.True(outcome.Status is ControlStatus.Set, outcome.Sentence);

        using var other = Open();
        var judge = new CameraControls(other);
        Assert.Equal(shown, judge.Read(judge.All.First(c => c.Name == (name == "hflip" ? "horizontal_flip" : name))));
    }

    [Fact]
    public void A_gain_by_hand_switches_the_automatic_gain_off_first()
    {
        Guest.Require();
        using var device = Open();
        var camera = new CameraControls(device);
        Assert.Equal(ControlStatus.Set, Only(camera, "gain", "auto").Status);
        var gain = camera.All.Single(c => c.Name == "gain");
        Assert.True((camera.Traits(gain) & ControlTraits.Inactive) != 0);

        Assert.Equal(new ControlOutcome("gain", ControlStatus.Set, "Control gain of /dev/video1 is 42."), Only(camera, "gain", "42"));
        Assert.True((camera.Traits(gain) & ControlTraits.Inactive) == 0);
        Assert.Equal("42", camera.Read(gain));
    }

    [Fact]
    public void A_value_that_an_automatic_mode_holds_is_told_to_be_without_effect()
    {
        Guest.Require();
        using var device = Open();
        var outcomes = new CameraControls(device).Apply([KeyValuePair.Create("gain", "42"), KeyValuePair.Create("gain_automatic", "on")], ControlMoment.Any);
        Assert.Equal(ControlStatus.Inactive, outcomes.Single(o => o.Name == "gain").Status);
    }

    [Fact]
    public void What_cannot_be_set_is_told_and_the_rest_is_set()
    {
        Guest.Require();
        using var device = Open();
        var camera = new CameraControls(device);
        var outcomes = camera.Apply(
            [KeyValuePair.Create("read_only_integer_32_bits", "1"), KeyValuePair.Create("brightness", "256"), KeyValuePair.Create("contrst", "1"), KeyValuePair.Create("contrast", "90")],
            ControlMoment.Any);
        Assert.Equal(3, outcomes.Count(o => o.Status is ControlStatus.Mistaken));
        Assert.Contains(outcomes, o => o.Sentence.Contains("takes whole numbers of 0 … 255, and '256' was wanted; the nearest is 255.", StringComparison.Ordinal));
        Assert.Contains(outcomes, o => o.Sentence.Contains("did you mean contrast?", StringComparison.Ordinal));
        Assert.Equal("90", camera.Read(camera.All.Single(c => c.Name == "contrast")));
    }

    [Fact]
    public void Controls_come_back_with_the_camera()
    {
        Guest.Require();
        var wanted = new WantedControls("door", [KeyValuePair.Create("saturation", "50")], NullLogger.Instance);
        using (var device = Open())
        {
            wanted.AfterFormat(new CameraControls(device));
            Assert.Equal(ControlStatus.Set, wanted.Set("hue", "-20").Status);
            wanted.Closing();
        }

        using var again = Open();
        var camera = new CameraControls(again);
        camera.Apply([KeyValuePair.Create("saturation", "128"), KeyValuePair.Create("hue", "0")], ControlMoment.Any);     // as a camera that lost its power has them
        wanted.AfterFormat(camera);
        var now = wanted.Read().ToDictionary(c => c.Key.Name, c => c.Value);
        Assert.Equal("50", now["saturation"]);
        Assert.Equal("-20", now["hue"]);
    }

    [Fact]
    public void Controls_of_a_camera_that_streams_are_set_when_it_opens_live_and_when_it_comes_back()
    {
        Guest.Require();
        var wanted = new WantedControls("door", [KeyValuePair.Create("osd_text_mode", "None"), KeyValuePair.Create("test_pattern", "75% Colorbar"), KeyValuePair.Create("brightness", "300"), KeyValuePair.Create("hflip", "off")], NullLogger.Instance);
        var pool = new FramePool();
        using (var source = Stream(pool, wanted))
        {
            // Other tests leave another pattern. vivid's bars go from white to black; the brightness it cannot have does not keep it from running.
            Assert.True(BecomesBright(source, left: true));
            Assert.Equal(ControlStatus.Set, wanted.Set("hflip", "on").Status);
            Assert.True(BecomesBright(source, left: false));
            Assert.Equal(ControlStatus.Mistaken, wanted.Set("rotate", "90").Status);      // which vivid cannot
        }

        using (var device = Open()) Assert.Equal(ControlStatus.Set, Only(new CameraControls(device), "hflip", "off").Status);
        using (var source = Stream(pool, wanted)) Assert.True(BecomesBright(source, left: false));
        using (var device = Open()) Only(new CameraControls(device), "hflip", "off");
        Assert.Equal(ControlStatus.Waiting, wanted.Set("hflip", "off").Status);
        Assert.Equal(0, pool.Rented);
    }

    private static IFrameSource Stream(FramePool pool, WantedControls wanted)
    {
        Assert.True(CameraUri.TryParse($"v4l2://{Path}?width=320&height=180&format=YUYV&fps=30", "/", out var uri, out var error), error);
        return FrameSources.Open(uri, pool, TimeProvider.System, controls: wanted);
    }

    /// <summary>Within a second of frames: those on their way when a control is set do not have it yet.</summary>
    private static bool BecomesBright(IFrameSource source, bool left)
    {
        for (var i = 0; i < 30; i++)
        {
            Assert.True(source.TryRead(out var frame, TestContext.Current.CancellationToken));
            using (frame)
            {
                var row = frame.Pixels.Slice(frame.Format.Stride * 90, frame.Format.Stride);
                if (row[20] > row[2 * 310] == left) return true;
            }
        }

        return false;
    }

    private static ControlOutcome Only(CameraControls camera, string name, string value) => Assert.Single(camera.Apply([KeyValuePair.Create(name, value)], ControlMoment.Any));

    private static V4l2Device Open() => V4l2Device.Open(Path);
}
