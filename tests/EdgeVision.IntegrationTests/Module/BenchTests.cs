using System.Text.Json;

namespace EdgeVision.IntegrationTests.Module;

/// <summary><c>bench</c> as scripts use it. What it measures is this machine's; that it adds up is not.</summary>
public sealed class BenchTests : IDisposable
{
    /// <summary>The frame's handle and nothing else.</summary>
    private const double MostBytesPerFrame = 128;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("yuyv")]
    [InlineData("nv12")]
    [InlineData("mjpeg")]
    public async Task A_frame_of_any_kind_allocates_its_handle_and_nothing_else(string pixels)
    {
        using var report = await RunAsync("--pixel-format", pixels, "--width", "640", "--height", "480", "--frames", "100");
        var figures = report.RootElement;

        Assert.InRange(figures.GetProperty("allocatedBytesPerFrame").GetDouble(), 1, MostBytesPerFrame);
        Assert.Equal((pixels, 640, 480, 100), (
            figures.GetProperty("pixelFormat").GetString(), figures.GetProperty("width").GetInt32(), figures.GetProperty("height").GetInt32(), figures.GetProperty("frames").GetInt32()));
    }

    [Fact]
    public async Task The_figures_add_up()
    {
        using var report = await RunAsync("--pixel-format", "bgr24", "--frames", "10", "--threads", "1");
        var figures = report.RootElement;
        var (run, frame) = (figures.GetProperty("sessionRunMs"), figures.GetProperty("frameMs"));
        var ratios = figures.GetProperty("overheadRatios").EnumerateArray().Select(static r => r.GetDouble()).Order().ToArray();

        Assert.Equal(5, ratios.Length);
        Assert.Equal(ratios[2], figures.GetProperty("overheadRatio").GetDouble());
        Assert.Equal(frame.GetProperty("p50").GetDouble() / run.GetProperty("p50").GetDouble(), ratios[2], tolerance: 0.01);
        Assert.InRange(run.GetProperty("p99").GetDouble(), run.GetProperty("p50").GetDouble(), double.MaxValue);
        Assert.InRange(figures.GetProperty("preprocessUs").GetProperty("p50").GetDouble(), 1, 1000 * frame.GetProperty("p50").GetDouble());
        Assert.InRange(figures.GetProperty("postprocessUs").GetProperty("p50").GetDouble(), 1, 1000 * frame.GetProperty("p50").GetDouble());
        Assert.InRange(figures.GetProperty("peakRssMiB").GetDouble(), 20, 2000);
        Assert.InRange(figures.GetProperty("startupToFirstDetectionMs").GetDouble(), 20, 120_000);
        Assert.Equal(1, figures.GetProperty("threads").GetInt32());
    }

    private async Task<JsonDocument> RunAsync(params string[] arguments)
    {
        var file = _folder["bench.json"];
        var (code, output, error) = await EdgeVisionProcess.RunAsync(["bench", .. arguments, "--report", file]);
        Assert.True(code == 0, error);
        Assert.Contains("whole frame ÷ model alone", output, StringComparison.Ordinal);
        return JsonDocument.Parse(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }
}
