using EdgeVision.Capture;
using EdgeVision.Frames;
using EdgeVision.IntegrationTests.Imaging;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class FrameSourcesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FramePool _pool = new();
    private readonly SelfAdvancingTime _time = new();

    public void Dispose()
    {
        _folder.Dispose();
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Every_kind_of_camera_opens_by_its_address()
    {
        _folder.Write("a.jpg", Pictures.Jpeg(30, 40));
        (string Uri, string Says, int Width)[] cameras = [("file:a.jpg", "clip ", 30), ("dir:.", "folder ", 30), ("test:pattern?width=64", "test pattern 64 × 480 at 30 fps", 64)];
        foreach (var (text, says, width) in cameras)
        {
            Assert.True(CameraUri.TryParse(text, _folder.Path, out var uri, out var error), error);
            using var source = FrameSources.Open(uri, _pool, _time);
            Assert.StartsWith(says, source.ToString(), StringComparison.Ordinal);
            Assert.True(source.TryRead(out var frame, TestContext.Current.CancellationToken));
            using (frame) Assert.Equal(width, frame.Width);
        }
    }
}
