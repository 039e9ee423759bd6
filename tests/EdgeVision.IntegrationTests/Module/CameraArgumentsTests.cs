using EdgeVision.Module;
using EdgeVision.Module.Commands;

namespace EdgeVision.IntegrationTests.Module;

public sealed class CameraArgumentsTests
{
    public static TheoryData<string, string, string, string> Arguments => new()
    {
        { "no name", "file:clip.mjpeg", "camera1", "file:clip.mjpeg" },
        { "a name", "door=file:clip.mjpeg", "door", "file:clip.mjpeg" },
        { "an equals sign in the query only", "test:pattern?width=640", "camera1", "test:pattern?width=640" },
        { "a name and a query", "door=test:pattern?width=640&fps=5", "door", "test:pattern?width=640&fps=5" },
    };

    [Theory]
    [MemberData(nameof(Arguments))]
    public void A_name_may_stand_before_the_uri(string row, string argument, string name, string uri)
    {
        Assert.Equal((name, uri), Assert.Single(CameraArguments.Name([argument])));
        Assert.NotEmpty(row);
    }

    [Fact]
    public void Cameras_without_a_name_are_numbered_by_their_place() =>
        Assert.Equal(["camera1", "door", "camera3"], CameraArguments.Name(["test:pattern", "door=test:pattern", "test:pattern"]).Select(c => c.Name));

    [Fact]
    public void A_name_twice_is_refused() =>
        Assert.Equal("--camera: the name 'DOOR' is given twice; give each camera its own.", Assert.Throws<CommandException>(() => CameraArguments.Name(["door=a:", "DOOR=b:"]).ToList()).Message);

    [Fact]
    public void A_name_that_is_no_topic_level_is_refused() =>
        Assert.StartsWith("--camera: the name 'a/b' holds '/'", Assert.Throws<CommandException>(() => CameraArguments.Name(["a/b=test:pattern"]).ToList()).Message, StringComparison.Ordinal);
}
