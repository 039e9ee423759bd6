using System.Runtime.InteropServices;
using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2;
using EdgeVision.Frames;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Capture.V4l2;

/// <summary>Drivers that answer nonsense: no crash, no byte read beyond a buffer (each ends at a forbidden page), nothing left behind.</summary>
public sealed class V4l2FuzzTests
{
    private const int Answers = 100_000;

    [Fact]
    public void Answers_about_formats_sizes_and_buffers_are_never_believed()
    {
        var random = new Random(20261122);
        var (read, refused) = (0, 0);
        for (var i = 0; i < Answers; i++)
        {
            Count(V4l2Answers.TrySize(Random<V4l2Abi.FrameSizeEntry>(random), out var width, out var height));
            if (width.Max > 0 && height.Max > 0) Assert.True(width.Contains(width.Nearest(random.Next())) && height.Max <= V4l2Device.MaxSide);
            Count(V4l2Answers.TryRate(Random<V4l2Abi.FrameIntervalEntry>(random), out var rate));
            Assert.True(double.IsFinite(rate.MaxFps) && rate.MinFps <= rate.MaxFps && rate.ToString().Length < 100);

            var format = Random<V4l2Abi.Format>(random);
            format.Type = random.Next(2) == 0 ? V4l2Abi.TypeCapture : V4l2Abi.TypeCaptureMplane;
            if (random.Next(4) > 0) MakeLikely(ref format, random);
            if (Count(CaptureLayout.TryRead(format, out var layout, out _)))
            {
                Assert.True(layout.IsCompressed || layout.Frame.SizeInBytes > 0);
                Assert.True(layout.SizeImage > 0 && layout.Tolerated >= 0 && layout.Planes is >= 1 and <= 3);
            }

            var (mapped, needed) = (random.Next(1, 1 << 20), random.Next(3) == 0 ? 0 : random.Next(1, 1 << 20));
            var fill = new PlaneFill(random.Next(2) == 0 ? 0 : (uint)random.NextInt64(1L << 32), (uint)random.NextInt64(random.Next(2) == 0 ? 1L << 21 : 1L << 32));
            if (Count(FilledBuffer.TryFit(fill, needed, random.Next(4096), mapped, out var length))) Assert.True(length > 0 && fill.Offset + (long)length <= mapped);

            var filled = new FilledBuffer(0, 0, (BufferFlags)random.Next(), random.NextInt64(long.MinValue, long.MaxValue), random.NextInt64(long.MinValue, long.MaxValue), default, default, default);
            var now = random.NextInt64(1L << 60);
            Assert.True(filled.Timestamp(now, 1_000_000_000) is not { } stamp || stamp <= now);
            Assert.InRange(new FourCc((uint)random.NextInt64(1L << 32)).ToString().Length, 0, 7);
        }

        // A parser that refuses all, or none, would not have been tested.
        Assert.True(read > Answers / 10 && refused > Answers / 10, $"{read} read, {refused} refused");

        bool Count(bool isRead)
        {
            if (isRead) read++;
            else refused++;
            return isRead;
        }
    }

    [Fact]
    public void A_camera_whose_driver_lies_gives_frames_or_one_sentence()
    {
        var random = new Random(42);
        var pool = new FramePool();
        var (frames, refused, bytes) = (0, 0, 0L);
        for (var i = 0; i < 5_000; i++)
        {
            var time = new FakeTimeProvider();
            time.Advance(TimeSpan.FromMinutes(1));
            var camera = Liar(random, time);
            try
            {
                if (!V4l2Device.TryOpen(camera, "/dev/video7", out var device, out var error))
                {
                    Assert.DoesNotContain('\n', error);
                    refused++;
                    continue;
                }

                using var source = V4l2Source.Start(device, new V4l2Wish { Device = "/dev/video7", Stall = TimeSpan.FromSeconds(0.5) }, pool, time, null, null);
                Assert.InRange(source.ToString().Length, 10, 500);
                for (var read = 0; read < 6 && source.TryRead(out var frame, TestContext.Current.CancellationToken); read++)
                {
                    // Every byte is looked at: one that is not the camera's ends the process.
                    using (frame) bytes += frame.Pixels.Count((byte)frame.Sequence);
                    frames++;
                }
            }
            catch (CaptureException e)
            {
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }

            Assert.Equal((0, false), (camera.Mapped, camera.IsOpen));
        }

        Assert.Equal(0, pool.Rented);
        Assert.True(frames > 1_000 && refused > 500 && bytes > 0, $"{frames} frames, {refused} refused");
    }

    /// <summary>One that keeps to the rules mostly: an answer that is all noise is refused at the door, and tests nothing behind it.</summary>
    private static unsafe ScriptedCamera Liar(Random random, FakeTimeProvider time)
    {
        var camera = new ScriptedCamera(time) { IsMultiPlanar = random.Next(3) == 0, Padding = (uint)random.Next(3) * 16 };
        FourCc[] codes = camera.IsMultiPlanar ? [FourCc.Yuyv, FourCc.Nm12, FourCc.Ym12, FourCc.Mjpg] : [FourCc.Yuyv, FourCc.Nv12, FourCc.Yu12, FourCc.Mjpg, FourCc.Bgr3];
        camera.Offers[0] = (codes[random.Next(codes.Length)], (uint)random.Next(16, 80), (uint)random.Next(16, 80), (uint)random.Next(1, 60));
        var lies = random.NextDouble() * 0.2;
        camera.Changes = (_, answer, bytes) =>
        {
            if (random.NextDouble() >= lies) return;
            // Whole numbers, as a driver's mistakes are; never the address of the planes, which the kernel does not let a driver change.
            for (var i = 0; i < random.Next(1, 4); i++)
            {
                var at = random.Next(bytes / 4);
                if (camera.IsMultiPlanar && bytes == sizeof(V4l2Abi.Buffer) && at is 16 or 17) continue;
                ((uint*)answer)[at] = random.Next(4) switch { 0 => 0, 1 => uint.MaxValue, 2 => (uint)random.Next(300), _ => (uint)random.NextInt64(1L << 32) };
            }
        };
        camera.Refuses = _ => random.NextDouble() >= lies / 10 ? Errno.None : (Errno)random.Next(1, 120);
        camera.Spoils = (ref buffer, _) =>
        {
            if (random.NextDouble() >= lies) return;
            if (camera.IsMultiPlanar) ((V4l2Abi.Plane*)buffer.OffsetOrPlanes)[0] = new V4l2Abi.Plane { BytesUsed = (uint)random.Next(20_000), DataOffset = (uint)random.Next(500) };
            else buffer.BytesUsed = (uint)random.Next(20_000);
        };
        return camera;
    }

    private static T Random<T>(Random random)
        where T : unmanaged
    {
        var value = default(T);
        var bytes = MemoryMarshal.AsBytes(new Span<T>(ref value));
        random.NextBytes(bytes);
        // Small numbers are what answers are made of.
        foreach (ref var number in MemoryMarshal.Cast<byte, uint>(bytes[..(bytes.Length / 4 * 4)]))
        {
            if (random.Next(3) > 0) number = (uint)random.Next(4096);
            else if (random.Next(3) == 0) number = (uint)random.Next(4);
        }

        return value;
    }

    private static unsafe void MakeLikely(ref V4l2Abi.Format format, Random random)
    {
        var code = V4l2Formats.Find(V4l2Formats.All[random.Next(V4l2Formats.All.Length)])!.Value;
        if (format.Type == V4l2Abi.TypeCapture)
        {
            (format.Pix.PixelFormat, format.Pix.Field) = (code.Value, V4l2Abi.FieldNone);
            if (random.Next(2) == 0) (format.Pix.BytesPerLine, format.Pix.SizeImage) = (format.Pix.BytesPerLine % 40_000, format.Pix.SizeImage % (1 << 26));
            return;
        }

        (format.PixMplane.PixelFormat, format.PixMplane.Field, format.PixMplane.PlaneCount) = (code.Value, V4l2Abi.FieldNone, (byte)V4l2Formats.PlaneBuffers(code));
    }
}
