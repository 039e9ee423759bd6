using EdgeVision.Capture.Ffmpeg;
using EdgeVision.Frames;
using EdgeVision.IntegrationTests.Imaging;

namespace EdgeVision.IntegrationTests.Capture.Ffmpeg;

public sealed class HttpTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly FramePool _pool = new();
    private readonly SelfAdvancingTime _time = new();
    private readonly VideoServer _server;

    public HttpTests() => _server = new VideoServer(_folder.Path, Pictures.Jpeg(64, 48));

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData("/a.mp4", "mp4", "")]
    [InlineData("/auth/a.mp4", "mp4", VideoServer.Password)]
    [InlineData("/a.mp4?session=1&fps=99", "mp4", "")]
    public void A_file_is_played_at_its_own_rate_and_ends(string path, string extension, string password)
    {
        FfmpegTool.MakeCounter(_folder.PathOf("a." + extension), 12, 64, 48, "", "-c:v", "libx264", "-qp", "0");
        using var source = Open((password.Length > 0 ? _server.Address.Replace("//", "//us%20er@", StringComparison.Ordinal) : _server.Address) + path, password);
        for (var i = 0; i < 12; i++)
        {
            Assert.True(source.TryRead(out var frame, Stopping));
            using (frame) Assert.Equal((i + 1L, 16 + (8 * i), TimeSpan.FromMilliseconds(100 * i).Ticks), (frame.Sequence, (int)frame.Pixels[0], frame.Timestamp));
        }

        Assert.False(source.TryRead(out _, Stopping));
    }

    [Fact]
    public async Task A_live_stream_comes_when_it_comes_and_its_end_is_a_loss()
    {
        FfmpegTool.Require();
        var server = new VideoServer(_folder.Path, Pictures.Jpeg(64, 48));
        var address = server.Address;
        using var source = new FfmpegSource(FfmpegComplaintTests.Request(server.Address + "/live"), FfmpegTool.Program, _pool, TimeProvider.System);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(source.TryRead(out var frame, Stopping));
            using (frame) Assert.Equal((i + 1, 64, 48), (frame.Sequence, frame.Width, frame.Height));
        }

        await server.DisposeAsync();
        var message = Assert.Throws<CaptureException>(() =>
        {
            while (source.TryRead(out var frame, Stopping)) frame.Dispose();
        }).Message;
        Sentence.IsOne(message, address);
    }

    public static TheoryData<string, string, string> Refusals => new()
    {
        { "/gone.mp4", "", "has no such stream" },
        { "/auth/a.mp4", "", "wants user and password" },
        { "/auth/a.mp4", "wrong", "does not know this user and password" },
        { "/forbidden", "", "lets this user not see the stream" },
        { "/broken", "", "has a fault of its own" },
        { "/page", "", "no video that ffmpeg knows" },
        { "/list", "", "a list of other addresses or files" },
        { "/playlist.m3u8", "", "of a kind that a camera has no use for" },
        { "/to-a-file", "", "ffmpeg ended with code 1" },
        { "/silent#stall=1", "", "gave no picture for 1 s" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_be_played_is_one_sentence(string path, string password, string says)
    {
        FfmpegTool.Require();
        using var source = new FfmpegSource(Request((password.Length > 0 ? _server.Address.Replace("//", "//us%20er@", StringComparison.Ordinal) : _server.Address) + path, password), FfmpegTool.Program, _pool, TimeProvider.System);

        var message = Assert.Throws<CaptureException>(() => source.TryRead(out _, Stopping)).Message;

        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", message.Replace("wrong user", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private FfmpegSource Open(string uri, string password) => new(Request(uri, password), FfmpegTool.Program, _pool, _time);

    private static FfmpegRequest Request(string uri, string password) => FfmpegComplaintTests.Request(uri) with { Login = new CameraLogin(password.Length > 0 ? password : null, null) };
}
