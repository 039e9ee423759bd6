using EdgeVision.Frames;
using EdgeVision.Imaging;

namespace EdgeVision.IntegrationTests.Module;

public sealed class CameraSnapshotTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-snapshot-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("door.png")]
    [InlineData("door.jpg")]
    public async Task A_frame_of_any_camera_becomes_a_picture(string name)
    {
        var path = Path.Combine(_folder.FullName, name);
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("camera", "snapshot", "test:pattern?width=320&height=200", "--output", path);
        Assert.Equal((0, ""), (code, stderr));
        Assert.StartsWith($"{path}: 320 × 200", stdout, StringComparison.Ordinal);
        using var picture = PictureFile.Load(path, new FramePool(), TimeProvider.System);
        Assert.Equal((320, 200), (picture.Width, picture.Height));
    }

    [Fact]
    public async Task A_camera_of_the_configuration_is_taken_by_its_name()
    {
        var config = Path.Combine(_folder.FullName, "node.json");
        await File.WriteAllTextAsync(config, """{ "EdgeVision": { "Cameras": { "door": { "Uri": "test:pattern?width=64&height=48" } } } }""", TestContext.Current.CancellationToken);
        var path = Path.Combine(_folder.FullName, "door.png");
        var (code, stdout, _) = await EdgeVisionProcess.RunAsync("camera", "snapshot", "--config", config, "--camera", "door", "--output", path);
        Assert.Equal(0, code);
        Assert.StartsWith($"{path}: 64 × 48", stdout, StringComparison.Ordinal);

        var (unknown, _, stderr) = await EdgeVisionProcess.RunAsync("camera", "snapshot", "--config", config, "--camera", "gate", "--output", path);
        Assert.Equal(1, unknown);
        Assert.Equal("There is no camera 'gate'; the configuration has door.", stderr.Trim());
    }

    [Fact]
    public async Task Rotation_and_masks_of_a_camera_are_in_its_picture()
    {
        var config = Path.Combine(_folder.FullName, "node.json");
        await File.WriteAllTextAsync(config, """
            { "EdgeVision": { "Cameras": { "door": { "Uri": "test:pattern?width=64&height=48", "Rotate": 90, "Masks": [{ "Points": [[0, 0], [1, 0], [1, 0.5], [0, 0.5]] }] } } } }
            """, TestContext.Current.CancellationToken);
        var path = Path.Combine(_folder.FullName, "door.png");
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("camera", "snapshot", "--config", config, "--camera", "door", "--output", path);
        Assert.True(code == 0, stderr);
        Assert.StartsWith($"{path}: 48 × 64", stdout, StringComparison.Ordinal);

        using var picture = PictureFile.Load(path, new FramePool(), TimeProvider.System);
        Assert.Equal((48, 64), (picture.Width, picture.Height));
        var half = picture.Format.Stride * 30;
        var colours = picture.Pixels[..half].ToArray().Where((_, i) => i % 4 != 3).Distinct();
        Assert.Equal<byte>([0], colours);
        Assert.Contains(picture.Pixels[(picture.Format.Stride * 34)..].ToArray(), b => b is not (0 or 255));
    }

    [Theory]
    [InlineData(2, "No camera is named", "camera", "snapshot")]
    [InlineData(2, "give one of them", "camera", "snapshot", "test:pattern", "--camera", "door")]
    [InlineData(1, "expected a name ending in .jpg or .png", "camera", "snapshot", "test:pattern", "--output", "door.gif")]
    [InlineData(1, "is no camera URI", "camera", "snapshot", "door.mjpeg")]
    [InlineData(1, "The folder of", "camera", "snapshot", "test:pattern", "--output", "/nowhere/door.png")]
    public async Task Mistakes_are_one_sentence(int expected, string sentence, params string[] arguments)
    {
        var (code, _, stderr) = await EdgeVisionProcess.RunAsync(arguments);
        Assert.Equal(expected, code);
        Assert.Contains(sentence, stderr, StringComparison.Ordinal);
    }
}
