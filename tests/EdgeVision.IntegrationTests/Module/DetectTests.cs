using System.Text.Json;
using EdgeVision.Frames;
using EdgeVision.Imaging;

namespace EdgeVision.IntegrationTests.Module;

public sealed class DetectTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-detect-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Json_is_one_object_a_line_in_the_shape_that_scripts_rely_on()
    {
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people"), "--format", "json");

        Assert.True(code == 0, stderr);
        var lines = stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(["sample1.jpg", "sample2.jpg", "sample3.jpg"], lines.Select(l => Path.GetFileName(l.GetProperty("image").GetString())!));
        Assert.Equal(["image", "width", "height", "objects", "timingsMs"], lines[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal(["preprocess", "infer", "postprocess"], lines[0].GetProperty("timingsMs").EnumerateObject().Select(p => p.Name));
        var person = lines[0].GetProperty("objects")[0];
        Assert.Equal(["label", "classId", "confidence", "box"], person.EnumerateObject().Select(p => p.Name));
        Assert.Equal("person", person.GetProperty("label").GetString());
        foreach (var side in person.GetProperty("box").EnumerateObject()) Assert.InRange(side.Value.GetDouble(), 0, 1);
    }

    [Fact]
    public async Task The_table_names_what_was_found()
    {
        var (code, stdout, _) = await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people/sample1.jpg"));

        Assert.Equal(0, code);
        Assert.Contains("wine glass", stdout, StringComparison.Ordinal);
        Assert.Contains("sample1.jpg", stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_higher_confidence_finds_less()
    {
        var (_, all, _) = await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people/sample1.jpg"), "--format", "json");
        var (_, sure, _) = await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people/sample1.jpg"), "--format", "json", "--confidence", "0.65");

        Assert.Equal(1, Count(sure));
        Assert.InRange(Count(all), 4, 10);
    }

    [Fact]
    public async Task Save_draws_on_a_copy_and_never_on_the_original()
    {
        var original = Path.Combine(_folder.FullName, "photo.jpg");
        File.Copy(Repository.Asset("people/sample1.jpg"), original);
        var before = await File.ReadAllBytesAsync(original, TestContext.Current.CancellationToken);

        var (code, _, stderr) = await EdgeVisionProcess.RunAsync("detect", original, "--save", _folder.FullName);

        Assert.Equal($"1 picture with boxes written to '{_folder.FullName}'.\n", stderr);

        Assert.True(code == 0, stderr);
        Assert.Equal(before, await File.ReadAllBytesAsync(original, TestContext.Current.CancellationToken));
        var pool = new FramePool();
        using var drawn = PictureFile.Load(Path.Combine(_folder.FullName, "photo-detected.jpg"), pool, TimeProvider.System);
        using var plain = PictureFile.Load(original, pool, TimeProvider.System);
        Assert.Equal((plain.Width, plain.Height), (drawn.Width, drawn.Height));
        Assert.False(plain.Pixels.SequenceEqual(drawn.Pixels));
    }

    [Fact]
    public async Task A_folder_without_pictures_is_one_sentence()
    {
        var (code, _, stderr) = await EdgeVisionProcess.RunAsync("detect", _folder.FullName);

        Assert.Equal(1, code);
        Assert.Equal($"The folder '{_folder.FullName}' holds no .jpg, .jpeg or .png file; name a folder with pictures.\n", stderr);
    }

    private static int Count(string json) => JsonDocument.Parse(json).RootElement.GetProperty("objects").GetArrayLength();
}
