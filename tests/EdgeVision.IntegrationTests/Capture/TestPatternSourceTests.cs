using EdgeVision.Capture.Replay;
using EdgeVision.Frames;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class TestPatternSourceTests
{
    private readonly FramePool _pool = new();
    private readonly SelfAdvancingTime _time = new();

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public static TheoryData<int, int> Sizes => new() { { 640, 480 }, { 16, 16 }, { 17, 16 }, { 33, 31 }, { 16, 8192 }, { 37, 101 }, { 8192, 16 }, { 641, 481 }, { 1920, 1080 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Bars_stand_in_their_order_at_the_top(int width, int height)
    {
        // White, yellow, cyan, green, magenta, red, blue, black as blue, green, red.
        int[] colours = [0xFFFFFF, 0x00FFFF, 0xFFFF00, 0x00FF00, 0xFF00FF, 0x0000FF, 0xFF0000, 0x000000];
        using (var source = new TestPatternSource(width, height, 30, _pool, _time))
        using (var frame = Read(source))
        {
            Assert.Equal(FrameFormat.Packed(PixelFormat.Bgr24, width, height), frame.Format);
            for (var bar = 0; bar < 8; bar++) Assert.Equal(colours[bar], Pixel(frame, ((2 * bar) + 1) * width / 16, 0));
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_counter_reads_back_as_the_sequence(int width, int height)
    {
        using (var source = new TestPatternSource(width, height, 30, _pool, _time))
        {
            for (var i = 1; i <= 300; i++)
            {
                using var frame = Read(source);
                Assert.Equal(i, frame.Sequence);
                Assert.Equal(i, Counter(frame));
            }
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void The_counter_begins_again_after_16_bits()
    {
        using (var source = new TestPatternSource(16, 16, 1000, _pool, _time))
        {
            for (var i = 1; i < 0x1_0001; i++) Read(source).Dispose();
            using var frame = Read(source);
            Assert.Equal((0x1_0001, 1), (frame.Sequence, Counter(frame)));
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void The_block_moves_across_in_about_four_seconds()
    {
        using (var source = new TestPatternSource(640, 480, 30, _pool, _time))
        {
            var lefts = new List<int>();
            for (var i = 0; i < 120; i++)
            {
                using var frame = Read(source);
                lefts.Add(Enumerable.Range(0, 640).First(x => Pixel(frame, x, 240) == 0x808080));
            }

            Assert.True(lefts.Zip(lefts.Skip(1)).Count(pair => pair.Second > pair.First) >= 117);
            Assert.InRange(lefts.Max() - lefts.Min(), 480, 580);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Frames_come_at_the_rate_and_carry_their_time()
    {
        using (var source = new TestPatternSource(64, 48, 25, _pool, _time))
        {
            for (var i = 0; i < 50; i++)
            {
                using var frame = Read(source);
                Assert.Equal(TimeSpan.FromMilliseconds(40 * i).Ticks, frame.Timestamp);
                Assert.Equal(_time.GetUtcNow(), frame.CapturedAt);
            }
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Being_asked_to_stop_costs_no_frame()
    {
        using var stop = new CancellationTokenSource();
        using (var source = new TestPatternSource(64, 48, 25, _pool, _time))
        {
            Read(source).Dispose();
            stop.Cancel();
            Assert.ThrowsAny<OperationCanceledException>(() => source.TryRead(out _, stop.Token));
        }

        Assert.Equal(0, _pool.Rented);
    }

    private static int Counter(Frame frame)
    {
        var size = Math.Max(1, Math.Min(frame.Width / 16, frame.Height / 8));
        var counter = 0;
        for (var bit = 0; bit < 16; bit++) counter = (counter << 1) | ((Pixel(frame, (bit * size) + (size / 2), frame.Height - 1) & 0xFF) > 128 ? 1 : 0);
        return counter;
    }

    /// <summary>0xBBGGRR.</summary>
    private static int Pixel(Frame frame, int x, int y)
    {
        var at = frame.Pixels[((y * frame.Format.Stride) + (x * 3))..];
        return (at[0] << 16) | (at[1] << 8) | at[2];
    }

    private static Frame Read(TestPatternSource source)
    {
        Assert.True(source.TryRead(out var frame, Stopping));
        return frame;
    }
}
