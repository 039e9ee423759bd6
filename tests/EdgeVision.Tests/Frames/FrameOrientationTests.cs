using EdgeVision.Configuration;
using EdgeVision.Frames;
using EdgeVision.Geometry;

namespace EdgeVision.Tests.Frames;

public sealed class FrameOrientationTests
{
    /// <summary>The letters of a picture of two rows, a b c above d e f, as EXIF viewers show it.</summary>
    public static TheoryData<FrameOrientation, string[]> Shown => new()
    {
        { FrameOrientation.Upright, ["abc", "def"] },
        { FrameOrientation.Mirrored, ["cba", "fed"] },
        { FrameOrientation.Rotated180, ["fed", "cba"] },
        { FrameOrientation.MirroredRotated180, ["def", "abc"] },
        { FrameOrientation.MirroredRotated270, ["ad", "be", "cf"] },
        { FrameOrientation.Rotated90, ["da", "eb", "fc"] },
        { FrameOrientation.MirroredRotated90, ["fc", "eb", "da"] },
        { FrameOrientation.Rotated270, ["cf", "be", "ad"] },
    };

    [Theory]
    [MemberData(nameof(Shown))]
    public void A_stored_picture_stands_upright_as_exif_says(FrameOrientation orientation, string[] expected)
    {
        Assert.Equal(expected, Turn(["abc", "def"], orientation));
        Assert.Equal((expected[0].Length, expected.Length), orientation.Upright(3, 2));
    }

    [Fact]
    public void Two_turns_are_one()
    {
        foreach (var first in Enum.GetValues<FrameOrientation>())
        {
            foreach (var second in Enum.GetValues<FrameOrientation>())
                Assert.Equal(Turn(Turn(["abc", "def"], first), second), Turn(["abc", "def"], first.Then(second)));
        }
    }

    /// <summary>By the names: rotation clockwise first, then the flip.</summary>
    [Theory]
    [InlineData("""{ }""", FrameOrientation.Upright)]
    [InlineData("""{ "Rotate": 90 }""", FrameOrientation.Rotated90)]
    [InlineData("""{ "Rotate": 180 }""", FrameOrientation.Rotated180)]
    [InlineData("""{ "Rotate": "270" }""", FrameOrientation.Rotated270)]
    [InlineData("""{ "Flip": "horizontal" }""", FrameOrientation.Mirrored)]
    [InlineData("""{ "Flip": "Vertical" }""", FrameOrientation.MirroredRotated180)]
    [InlineData("""{ "Rotate": 180, "Flip": "vertical" }""", FrameOrientation.Mirrored)]
    [InlineData("""{ "Rotate": 90, "Flip": "horizontal" }""", FrameOrientation.MirroredRotated270)]
    [InlineData("""{ "Rotate": 90, "Flip": "vertical" }""", FrameOrientation.MirroredRotated90)]
    public void A_camera_is_turned_and_then_flipped(string json, FrameOrientation expected)
    {
        var (options, mistakes) = Read(json);
        Assert.Empty(mistakes);
        Assert.Equal(expected, options.Orientation);
    }

    [Theory]
    [InlineData("""{ "Rotate": 45 }""", "45 is not a quarter turn; give 0, 90, 180 or 270 degrees clockwise.")]
    [InlineData("""{ "Rotate": 360 }""", "360 is not a whole number from 0 to 270.")]
    [InlineData("""{ "Flip": "left" }""", "'left' is not one of none, horizontal, vertical.")]
    public void What_is_no_orientation_is_refused(string json, string expected) => Assert.Equal(expected, Assert.Single(Read(json).Mistakes).Text);

    [Fact]
    public void A_quarter_turn_exchanges_the_sides_of_a_frame()
    {
        var pool = new FramePool();
        foreach (var orientation in Enum.GetValues<FrameOrientation>())
        {
            using var frame = new Frame(pool.Rent(100), FrameFormat.Jpeg(8, 6), 100, 1, default, 0) { Orientation = orientation };
            Assert.Equal((int)orientation >= 4 ? (6, 8) : (8, 6), (frame.UprightWidth, frame.UprightHeight));
        }

        Assert.Equal(0, pool.Rented);
    }

    private static (OrientationOptions Options, IReadOnlyList<ConfigurationMistake> Mistakes) Read(string json) =>
        OptionsReading.Read(ConfigurationTree.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{ "EdgeVision": {{json}} }"""), "test", "/", out _)!, OrientationOptions.Read);

    /// <summary>By the middles of pixels.</summary>
    private static string[] Turn(string[] stored, FrameOrientation orientation)
    {
        var (width, height) = (stored[0].Length, stored.Length);
        var (across, down) = orientation.Upright(width, height);
        return [.. Enumerable.Range(0, down).Select(y => new string([.. Enumerable.Range(0, across).Select(x =>
        {
            var at = orientation.ToStored(new Point(x + 0.5f, y + 0.5f), width, height);
            return stored[(int)at.Y][(int)at.X];
        })]))];
    }
}
