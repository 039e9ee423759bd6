using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2;
using EdgeVision.Frames;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Capture.V4l2;

/// <summary>Cameras on a driver that does what the test says. What real drivers do, the device tests show.</summary>
public sealed class V4l2SourceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FramePool _pool = new();
    private readonly CaptureCounters _counters = new();
    private readonly ScriptedCamera _camera;

    public V4l2SourceTests()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        _camera = new ScriptedCamera(_time);
    }

    public void Dispose()
    {
        Assert.Equal((0, 0, false), (_pool.Rented, _camera.Mapped, _camera.IsOpen));
    }

    [Fact]
    public void Frames_are_the_drivers_own_memory_and_go_back_to_it()
    {
        using var source = Open();
        Assert.False(_camera.Streams);
        for (var i = 1; i <= 20; i++)
        {
            using var frame = Read(source);
            Assert.Equal((i, 64, 48, 128), ((int)frame.Sequence, frame.Width, frame.Height, frame.Format.Stride));
            Assert.Equal(64 * 48 * 2, frame.Pixels.Length);
            Assert.False(frame.Pixels.ContainsAnyExcept((byte)i));
            Assert.Equal((4, 0), (_camera.Queued, _pool.Rented));
        }

        Assert.Equal(5, _camera.Queued);
    }

    [Fact]
    public void A_driver_is_never_left_with_less_than_two_buffers()
    {
        using var source = Open();
        var held = new List<Frame>();
        for (var i = 0; i < 9; i++)
        {
            held.Add(Read(source));
            Assert.True(_camera.Queued >= 2, $"{_camera.Queued} queued");
        }

        Assert.Equal((6, 6), (_counters.Copied, _pool.Rented));
        for (var i = 0; i < 9; i++) Assert.Equal((byte)(i + 1), held[i].Pixels[^1]);
        held.ForEach(static frame => frame.Dispose());
        Assert.Equal(5, _camera.Queued);
    }

    [Fact]
    public void A_frame_outlives_its_stream_and_its_memory_goes_with_it()
    {
        Frame frame;
        using (var source = Open()) frame = Read(source);
        Assert.Equal((1, false), (_camera.Mapped, _camera.IsOpen));
        Assert.Equal(1, frame.Pixels[0]);
        frame.Dispose();
        Assert.Equal(0, _camera.Mapped);
    }

    [Fact]
    public void A_buffer_of_an_earlier_stream_never_reaches_a_later_one()
    {
        Frame old;
        using (var source = Open()) old = Read(source);
        var later = new ScriptedCamera(_time);
        using (var source = Open(later))
        {
            Read(source).Dispose();
            old.Dispose();
            Assert.Equal((5, 5), (later.Queued, later.Mapped));
        }

        Assert.Equal(0, later.Mapped);
    }

    [Fact]
    public void Frames_may_be_given_back_from_anywhere_while_the_camera_closes()
    {
        for (var round = 0; round < 200; round++)
        {
            var camera = new ScriptedCamera(_time);
            var source = Open(camera);
            Frame[] frames = [Read(source), Read(source), Read(source)];
            Parallel.Invoke(source.Dispose, frames[0].Dispose, frames[1].Dispose, frames[2].Dispose);
            Assert.Equal((0, false), (camera.Mapped, camera.IsOpen));
        }

        Open().Dispose();
    }

    [Fact]
    public void Gaps_in_the_drivers_count_are_lost_frames()
    {
        uint[] sequence = [7, 8, 11, 11, 12, 3, 4, 0xffff_ffff, 0, 1];
        long[] expected = [1, 2, 5, 6, 7, 8, 9, 10, 11, 12];
        _camera.Spoils = (ref buffer, number) => buffer.Sequence = sequence[number - 1];
        using var source = Open();
        foreach (var number in expected)
        {
            using var frame = Read(source);
            Assert.Equal(number, frame.Sequence);
        }

        Assert.Equal(2, _counters.Missed);
    }

    [Fact]
    public void Damaged_and_short_frames_are_left_out_counted_and_their_buffers_used_again()
    {
        _camera.Spoils = (ref buffer, number) =>
        {
            if (number % 4 == 1) buffer.Flags |= BufferFlags.Error;
            if (number % 4 == 2) buffer.BytesUsed--;
            if (number % 4 == 3) buffer.BytesUsed = uint.MaxValue;
        };
        using var source = Open();
        for (var i = 1; i <= 10; i++)
        {
            using var frame = Read(source);
            Assert.Equal(4 * i, frame.Sequence);
        }

        Assert.Equal((30, 0, 5), (_counters.Corrupted, _counters.Missed, _camera.Queued));
    }

    [Fact]
    public void The_padding_behind_the_last_row_may_be_missing()
    {
        var camera = new ScriptedCamera(_time) { Padding = 32 };
        camera.Spoils = static (ref buffer, number) => buffer.BytesUsed -= number == 1 ? 32u : 33u;
        using var source = Open(camera);
        using (var frame = Read(source)) Assert.Equal((160, 160 * 48), (frame.Format.Stride, frame.Pixels.Length));
        Assert.Contains("its frames have 7647 bytes where YUYV 64×48 has 7680", Fails(source).Message, StringComparison.Ordinal);
        Open().Dispose();
    }

    [Fact]
    public void The_drivers_stamp_is_the_frames()
    {
        var stamps = new (BufferFlags Flags, int AgoMs, FrameStamp Stamp, int ExpectedAgoMs)[]
        {
            (BufferFlags.TimestampMonotonic, 30, FrameStamp.EndOfFrame, 30),
            (BufferFlags.TimestampMonotonic | BufferFlags.StampStartOfExposure, 30, FrameStamp.StartOfExposure, 30),
            (BufferFlags.None, 30, FrameStamp.Unknown, 0),
            ((BufferFlags)0x4000, 30, FrameStamp.Unknown, 0),
            (BufferFlags.TimestampMonotonic, 12_000, FrameStamp.Unknown, 0),
            (BufferFlags.TimestampMonotonic, -50, FrameStamp.EndOfFrame, 0),
            (BufferFlags.TimestampMonotonic, -3_000, FrameStamp.Unknown, 0),
        };
        _camera.Spoils = (ref buffer, number) =>
        {
            buffer.Flags = stamps[number - 1].Flags;
            var ms = (_time.GetTimestamp() / (_time.TimestampFrequency / 1000)) - stamps[number - 1].AgoMs;
            (buffer.Seconds, buffer.Microseconds) = (ms / 1000, ms % 1000 * 1000);
        };
        using var source = Open();
        foreach (var (_, _, stamp, ago) in stamps)
        {
            using var frame = Read(source);
            Assert.Equal(stamp, frame.Stamp);
            Assert.Equal(ago, _time.GetElapsedTime(frame.Timestamp).TotalMilliseconds, 1.0);
            Assert.Equal(_time.GetUtcNow() - TimeSpan.FromMilliseconds(ago), frame.CapturedAt, TimeSpan.FromMilliseconds(1));
        }
    }

    [Theory]
    [InlineData("NM12", PixelFormat.Nv12)]
    [InlineData("NM21", PixelFormat.Nv21)]
    [InlineData("YM12", PixelFormat.I420)]
    public void Planes_of_their_own_are_copied_behind_each_other_without_padding(string format, PixelFormat pixels)
    {
        var code = V4l2Formats.Find(format)!.Value;
        var camera = new ScriptedCamera(_time) { IsMultiPlanar = true, Padding = 8 };
        camera.Offers[0] = (code, 63, 47, 25);
        using (var source = Open(camera))
        {
            Assert.Equal(V4l2Formats.PlaneBuffers(code) * 5, camera.Mapped);
            using var frame = Read(source);
            Assert.Equal(FrameFormat.Packed(pixels, 63, 47), frame.Format);
            Assert.Equal(frame.Format.SizeInBytes, frame.Pixels.Length);
            Assert.False(frame.Pixels[..(frame.Format.Stride * 47)].ContainsAnyExcept((byte)1));
            Assert.Equal(11, frame.Pixels[frame.Format.Stride * 47]);
            Assert.Equal(pixels is PixelFormat.I420 ? 21 : 11, frame.Pixels[^1]);
            Assert.Equal(5, camera.Queued);
        }

        Assert.Equal(0, camera.Mapped);
        Open().Dispose();
    }

    [Fact]
    public void One_plane_of_a_multi_planar_driver_is_lent()
    {
        var camera = new ScriptedCamera(_time) { IsMultiPlanar = true };
        using (var source = Open(camera))
        using (var frame = Read(source))
        {
            Assert.Equal((PixelFormat.Yuyv, 0), (frame.Format.Pixels, _pool.Rented));
            Assert.Contains("lent", source.ToString(), StringComparison.Ordinal);
        }

        Open().Dispose();
    }

    [Fact]
    public void A_camera_without_frames_is_stalled_after_its_time_and_not_before()
    {
        using var source = Open(wish: new V4l2Wish { Device = "/dev/video7", Stall = TimeSpan.FromSeconds(3) });
        Read(source).Dispose();
        var began = _time.GetTimestamp();
        _camera.Says = static () => PollEvents.None;
        Assert.Equal("The camera /dev/video7 (camera, scripted, test:0) gave no frame for 3 s; check its cable and power, or raise stall in its address if it is that slow.", Fails(source).Message);
        Assert.Equal(3.0, _time.GetElapsedTime(began).TotalSeconds, 0.2);
    }

    [Fact]
    public void Slow_consumers_are_no_stall()
    {
        using var source = Open();
        for (var i = 0; i < 5; i++)
        {
            Read(source).Dispose();
            _time.Advance(TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public void Frames_that_are_all_damaged_are_a_stall_with_its_cause()
    {
        _camera.Spoils = static (ref buffer, _) => buffer.Flags |= BufferFlags.Error;
        using var source = Open();
        Assert.Contains("gave no usable frame for 5 s: the driver marks its frames as damaged; check its cable", Fails(source).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wish_to_stop_ends_the_wait()
    {
        using var source = Open();
        using var stop = new CancellationTokenSource();
        var waits = 0;
        _camera.Says = () =>
        {
            if (++waits == 3) stop.Cancel();
            return PollEvents.None;
        };
        Assert.Throws<OperationCanceledException>(() => source.TryRead(out _, stop.Token));
        Assert.Equal(3, waits);
    }

    [Fact]
    public void A_signal_that_changes_ends_the_stream()
    {
        using var source = Open();
        Read(source).Dispose();
        _camera.Events.Enqueue(new V4l2Abi.Event { Type = 3 });
        Read(source).Dispose();
        _camera.Events.Enqueue(new V4l2Abi.Event { Type = V4l2Abi.EventSourceChange, Changes = V4l2Abi.SourceChangeResolution });
        Assert.Contains("says that its signal has changed size or rate", Fails(source).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Losses => new()
    {
        { "unplugged", "ENODEV", "is gone: it was unplugged" },
        { "given up", "EIO", "has failed (EIO): its driver gave the stream up" },
        { "end of stream", "EPIPE", "has failed (EPIPE)" },
        { "stopped", "EAGAIN", "has stopped by itself" },
        { "something else", "EINVAL", "refuses a frame (EINVAL)" },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_lost_camera_says_how(string row, string error, string says)
    {
        using var source = Open();
        Read(source).Dispose();
        _camera.Says = static () => PollEvents.Error | PollEvents.HangUp | PollEvents.Priority;
        _camera.Refuses = request => request == V4l2Abi.DqBuf ? Enum.Parse<Errno>(error) : Errno.None;
        var message = Fails(source).Message;
        Assert.True(message.Contains(says, StringComparison.Ordinal), $"{row}: {message}");
        Sentence.IsOne(message, "/dev/video7");
    }

    [Fact]
    public void A_buffer_that_cannot_go_back_is_told_at_the_next_frame()
    {
        using var source = Open();
        var frame = Read(source);
        _camera.Refuses = static request => request == V4l2Abi.QBuf ? Errno.ENODEV : Errno.None;
        frame.Dispose();
        Assert.Contains("is gone", Fails(source).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Refusals => new()
    {
        { "SetFmt", "EBUSY", "is busy: another camera of this node" },
        { "SetFmt", "EINVAL", "refuses the format YUYV 64×48 (EINVAL)" },
        { "ReqBufs", "EBUSY", "is busy" },
        { "ReqBufs", "ENOMEM", "has no memory for its buffers (ENOMEM)" },
        { "QueryBuf", "EINVAL", "refuses its buffers (EINVAL)" },
        { "QBuf", "EIO", "refuses its buffers (EIO)" },
        { "StreamOn", "ENOSPC", "its USB bus has no bandwidth left" },
        { "StreamOn", "EPIPE", "no sensor or signal is linked to it" },
        { "StreamOn", "ENODEV", "is gone" },
        { "EnumFmt", "EINVAL", "it offers no format that can be read; it offers no format at all" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_driver_that_refuses_is_told_and_nothing_is_left(string request, string error, string says)
    {
        var number = (uint)typeof(V4l2Abi).GetField(request)!.GetValue(null)!;
        _camera.Refuses = asked => asked == number && (request != "ReqBufs" || _camera.Mapped == 0) ? Enum.Parse<Errno>(error) : Errno.None;
        var message = Assert.Throws<CaptureException>(() =>
        {
            using var source = Open();
            Read(source).Dispose();
        }).Message;
        Assert.Contains(says, message, StringComparison.Ordinal);
        Sentence.IsOne(message, "/dev/video7");
    }

    [Fact]
    public void What_was_agreed_is_told()
    {
        _camera.Offers.Add((FourCc.Grey, 64, 48, 10));
        using var source = Open(wish: new V4l2Wish { Device = "/dev/video7", Format = FourCc.Grey, Fps = 20, Copy = V4l2Copy.Never });
        Assert.Equal("camera /dev/video7 (camera, scripted, test:0): GREY 64×48 at 10 fps (20 wished), 5 buffers, lent", source.ToString());
    }

    [Fact]
    public void A_jpeg_has_the_size_that_it_says()
    {
        var camera = new ScriptedCamera(_time);
        camera.Offers[0] = (FourCc.Mjpg, 64, 48, 25);
        camera.Spoils = static (ref buffer, _) => buffer.BytesUsed = 100;
        using (var source = Open(camera))
        using (var frame = Read(source))
        {
            // What it is full of is no JPEG: the decoder's to refuse and count.
            Assert.Equal((FrameFormat.Jpeg(64, 48), 100), (frame.Format, frame.Pixels.Length));
        }

        Open().Dispose();
    }

    private V4l2Source Open(ScriptedCamera? camera = null, V4l2Wish? wish = null)
    {
        Assert.True(V4l2Device.TryOpen(camera ?? _camera, "/dev/video7", out var device, out var error), error);
        return V4l2Source.Start(device, wish ?? new V4l2Wish { Device = "/dev/video7" }, _pool, _time, _counters, null);
    }

    private static Frame Read(V4l2Source source)
    {
        Assert.True(source.TryRead(out var frame, TestContext.Current.CancellationToken));
        return frame;
    }

    private static CaptureException Fails(V4l2Source source) => Assert.Throws<CaptureException>(() =>
    {
        for (var i = 0; i < 1000; i++) Read(source).Dispose();
    });
}
