using EdgeVision.Configuration;
using EdgeVision.Frames;
using EdgeVision.Motion;
using EdgeVision.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Motion;

/// <summary>Ten frames a second, the default options: a hold of 5 s, a look every 10 s.</summary>
public sealed class MotionGateTests : IDisposable
{
    /// <summary>Hold and all learning are over.</summary>
    private const int Settled = 200;

    private static readonly MotionOptions Defaults = OptionsReader.Defaults(MotionOptions.Read);

    private readonly FakeTimeProvider _time = new(Some.Moment);
    private readonly FramePool _pool = new();
    private readonly Scene _scene;
    private readonly MotionGate _gate;

    public MotionGateTests()
    {
        _scene = new Scene(_time, _pool);
        _gate = new MotionGate(Defaults, _time);
    }

    public static TheoryData<PixelFormat> Formats => [.. Enum.GetValues<PixelFormat>().Where(static p => p is not PixelFormat.Jpeg)];

    public void Dispose() => Assert.Equal(0, _pool.Rented);

    [Fact]
    public void It_is_off_unless_asked_for() => Assert.False(Defaults.Enabled);

    [Fact]
    public void The_first_frame_is_looked_at_and_those_of_the_hold()
    {
        Assert.True(_scene.Show(_gate));
        Assert.Equal(1, _gate.Changed);
        Assert.Equal(50, _scene.Show(_gate, 50));
        Assert.False(_scene.Show(_gate));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)]
    public void Noise_is_no_motion_and_a_still_picture_is_looked_at_every_ten_seconds(double noise)
    {
        _scene.Noise = noise;
        _scene.Show(_gate, Settled);

        Assert.Equal(6, _scene.Show(_gate, 600));
    }

    [Fact]
    public void Noise_that_comes_with_the_night_is_learned_within_a_minute()
    {
        _scene.Show(_gate, Settled);
        _scene.Noise = 16;
        _scene.Show(_gate, 600);

        Assert.Equal(6, _scene.Show(_gate, 600));
    }

    [Fact]
    public void Slow_light_is_no_motion()
    {
        _scene.Light = 30;
        _scene.Show(_gate, Settled);
        var wanted = 0;
        while (_scene.Light < 220)
        {
            _scene.Light += 0.3;     // a tenth of a second
            if (_scene.Show(_gate)) wanted++;
        }

        Assert.InRange(wanted, 5, 7);
    }

    [Fact]
    public void A_lamp_is_motion_once_and_frames_of_the_hold_follow()
    {
        _scene.Show(_gate, Settled);
        _scene.Light += 60;

        Assert.True(_scene.Show(_gate));
        Assert.Equal(1, _gate.Changed);
        for (var i = 0; i < 50; i++)
        {
            Assert.True(_scene.Show(_gate));
            Assert.InRange(_gate.Changed, 0, Defaults.MinArea);
        }

        Assert.False(_scene.Show(_gate));
    }

    [Fact]
    public void A_lamp_that_lights_a_third_of_the_picture_becomes_the_background_within_half_a_minute()
    {
        _scene.Show(_gate, Settled);
        _scene.Thing = (0, 0, Scene.Width / 3, Scene.Height, 60);

        _scene.Show(_gate, 300);

        Assert.Equal(3, _scene.Show(_gate, 300));
    }

    [Theory]
    [InlineData(12, 30, 20, 2)]
    [InlineData(12, 30, -40, 5)]
    [InlineData(30, 80, 12, 3)]
    [InlineData(6, 16, 60, 1)]
    public void What_moves_is_looked_at_on_every_frame(int width, int height, int contrast, int pixelsPerFrame)
    {
        _scene.Show(_gate, Settled);
        for (var left = 0; left < Scene.Width - width; left += pixelsPerFrame)
        {
            _scene.Thing = (left, 100, width, height, contrast);
            Assert.True(_scene.Show(_gate), $"at {left}");
        }
    }

    [Fact]
    public void Who_stops_is_looked_at_for_a_while_and_again_when_leaving()
    {
        _scene.Show(_gate, Settled);
        for (var left = 0; left < 160; left += 4)
        {
            _scene.Thing = (left, 100, 20, 50, 40);
            _scene.Show(_gate);
        }

        // At least the hold; then it takes as long again for the still one to become the background.
        Assert.InRange(_scene.Show(_gate, 300), 51, 200);
        Assert.Equal(1, _scene.Show(_gate, 100));

        _scene.Thing = null;
        Assert.True(_scene.Show(_gate));
    }

    [Fact]
    public void A_tree_in_the_wind_is_no_motion_after_a_minute()
    {
        _scene.Show(_gate, Settled);
        for (var i = 0; i < 600; i++)
        {
            Wave(i);
            _scene.Show(_gate);
        }

        var wanted = 0;
        for (var i = 0; i < 600; i++)
        {
            Wave(i);
            if (_scene.Show(_gate)) wanted++;
        }

        Assert.Equal(6, wanted);

        void Wave(int frame) => _scene.Thing = (200, 20, 60, 60, frame % 7 < 3 ? 14 : 0);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Motion_is_seen_in_every_format(PixelFormat pixels)
    {
        var scene = new Scene(_time, _pool, pixels) { Noise = 1 };
        scene.Show(_gate, 60);
        Assert.False(scene.Show(_gate));

        scene.Thing = (100, 100, 20, 40, 30);

        Assert.True(scene.Show(_gate));
        Assert.InRange(_gate.Changed, 0.005, 0.02);
    }

    [Fact]
    public void Another_size_or_format_is_a_new_picture()
    {
        _scene.Show(_gate, 60);
        Assert.False(_scene.Show(_gate));

        Assert.True(new Scene(_time, _pool, PixelFormat.Yuyv).Show(_gate));
        Assert.Equal(1, _gate.Changed);
    }

    [Fact]
    public void A_compressed_frame_is_left_to_the_detector()
    {
        var buffer = _pool.Rent(16);
        using var frame = new Frame(buffer, FrameFormat.Jpeg(64, 48), 16, 1, _time.GetUtcNow(), _time.GetTimestamp());

        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(_gate.Wants(frame));
        }
    }

    [Fact]
    public void A_camera_whose_stamps_stand_still_or_step_back_goes_on()
    {
        _scene.Show(_gate, Settled);
        var (format, buffer) = (FrameFormat.Packed(PixelFormat.Grey8, Scene.Width, Scene.Height), _pool.Rent(Scene.Width * Scene.Height));
        buffer.Memory.Span.Fill(100);
        using var old = new Frame(buffer, format, format.SizeInBytes, 1, _time.GetUtcNow(), _time.GetTimestamp() - _time.TimestampFrequency);

        Assert.False(_gate.Wants(old));
        Assert.False(_gate.Wants(old));
        Assert.InRange(_scene.Show(_gate, 200), 2, 3);
    }

    [Fact]
    public void What_frames_skip_does_not_matter_the_time_between_them_does()
    {
        // Light that rises by one a second, seen once in two seconds.
        _scene.Noise = 1;
        _scene.Show(_gate, Settled);
        var wanted = 0;
        for (var i = 0; i < 15; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1900));
            _scene.Light += 2;
            if (_scene.Show(_gate)) wanted++;
        }

        Assert.Equal(3, wanted);
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        _scene.Show(_gate, 2);
        using var frame = _scene.Next();
        for (var i = 0; i < 100; i++) _gate.Wants(frame);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < 100; i++) _gate.Wants(frame);
        }));
    }
}
