using EdgeVision.Frames;
using EdgeVision.IntegrationTests.Capture;
using EdgeVision.IntegrationTests.Inference;
using EdgeVision.OpenCv;
using OpenCvSharp;

namespace EdgeVision.IntegrationTests.OpenCv;

/// <summary>Against the real library, which is there on x64 with GTK 3; else they are skipped and say so.</summary>
public sealed class OpenCvSourceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-opencv-");
    private readonly FramePool _pool = new();
    private readonly SelfAdvancingTime _time = new();

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_file_gives_its_pictures_in_order_at_its_own_rate_and_ends()
    {
        OpenCvNative.SkipIfAbsent();
        var path = Write("grey.avi", 5, [40, 80, 120, 160, 200], 64, 48);

        using var source = new OpenCvSource(Video(path), _pool, _time);
        var stamps = new List<TimeSpan>();
        for (var i = 1; i <= 5; i++)
        {
            Assert.True(source.TryRead(out var frame, Stopping));
            using (frame)
            {
                Assert.Equal((FrameFormat.Packed(PixelFormat.Bgr24, 64, 48), i, 64, 48), (frame.Format, frame.Sequence, frame.Width, frame.Height));
                Assert.All(frame.Pixels.ToArray(), b => Assert.InRange(b, (40 * i) - 4, (40 * i) + 4));
                stamps.Add(TimeSpan.FromTicks(frame.Timestamp));
            }
        }

        Assert.False(source.TryRead(out _, Stopping));
        Assert.False(source.TryRead(out _, Stopping));
        Assert.Equal([0, 200, 400, 600, 800], stamps.Select(s => (s - stamps[0]).TotalMilliseconds));
    }

    [Theory]
    [InlineData("worker-zone-detection-preview.mp4", 480, 270, 71)]
    [InlineData("store-aisle-detection-preview.mp4", 480, 270, 67)]
    public void A_video_of_a_camera_plays_to_its_end(string name, int width, int height, int frames)
    {
        var path = Repository.Shared("data", "videos", name);
        OpenCvNative.SkipIfAbsent();

        using var source = new OpenCvSource(Video(path), _pool, _time);
        var count = 0;
        while (source.TryRead(out var frame, Stopping))
        {
            using (frame) Assert.Equal((width, height), (frame.Width, frame.Height));
            count++;
        }

        Assert.Equal(frames, count);
        Assert.InRange(_time.Elapsed.TotalSeconds, (frames - 1) / 15.0, frames / 15.0);
    }

    [Fact]
    public void An_odd_width_leaves_rows_where_they_belong()
    {
        OpenCvNative.SkipIfAbsent();
        var path = System.IO.Path.Combine(_folder.FullName, "odd.png");
        using (var picture = new Mat(37, 101, MatType.CV_8UC3))
        {
            Cv2.Randu(picture, Scalar.All(0), Scalar.All(256));
            Assert.True(Cv2.ImWrite(path, picture));
            using var source = new OpenCvSource(Video(path), _pool, _time);

            Assert.True(source.TryRead(out var frame, Stopping));
            using (frame)
            {
                Assert.Equal(FrameFormat.Packed(PixelFormat.Bgr24, 101, 37), frame.Format);
                for (var y = 0; y < 37; y++)
                {
                    for (var x = 0; x < 101; x++)
                    {
                        var pixel = picture.At<Vec3b>(y, x);
                        Assert.Equal([pixel.Item0, pixel.Item1, pixel.Item2], frame.Pixels.Slice((y * 303) + (3 * x), 3).ToArray());
                    }
                }
            }
        }
    }

    [Fact]
    public void Waiting_for_the_next_picture_ends_when_asked_to_stop()
    {
        OpenCvNative.SkipIfAbsent();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        using var source = new OpenCvSource(Video(Write("slow.avi", 5, [1, 2, 3], 64, 48)), _pool, new SelfAdvancingTime());
        Assert.True(source.TryRead(out var frame, stop.Token));
        frame.Dispose();
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => source.TryRead(out _, stop.Token));
    }

    [Fact]
    public void What_is_no_file_is_told_before_the_library_is_asked()
    {
        Assert.Equal($"There is no file '{_folder.FullName}/none.mp4'; name an existing video.", Refusal(Video(_folder.FullName + "/none.mp4")));
        Assert.Equal($"'{_folder.FullName}' is a folder, a video was expected; name a regular file.", Refusal(Video(_folder.FullName)));
    }

    [Fact]
    public void What_is_no_video_is_told_with_the_way_to_find_out()
    {
        OpenCvNative.SkipIfAbsent();
        var path = System.IO.Path.Combine(_folder.FullName, "text.mp4");
        File.WriteAllText(path, new string('x', 5000));

        Assert.Equal($"OpenCV cannot open 'OpenCV file {path}'; a video that its FFmpeg can decode was expected: look at it with ffprobe, or convert it with ffmpeg -i IN -c:v libx264 OUT.mp4.", Refusal(Video(path)));
    }

    [Fact]
    public void A_video_that_was_cut_off_ends_early_and_nothing_is_kept()
    {
        OpenCvNative.SkipIfAbsent();
        var path = Write("cut.avi", 5, [.. Enumerable.Repeat((byte)99, 50)], 640, 480);
        using (var file = new FileStream(path, FileMode.Open)) file.SetLength(file.Length / 2);

        using var source = new OpenCvSource(Video(path), _pool, _time);
        var count = 0;
        while (source.TryRead(out var frame, Stopping))
        {
            frame.Dispose();
            count++;
        }

        Assert.InRange(count, 1, 49);
    }

    [Fact]
    public void A_webcam_that_is_not_there_is_told_with_its_device()
    {
        OpenCvNative.SkipIfAbsent();

        var refusal = Refusal(new OpenCvCamera { Webcam = 98, Width = 640, Height = 480, Fps = 30, Shown = "OpenCV webcam 98" });

        Assert.StartsWith("OpenCV cannot open 'OpenCV webcam 98'", refusal, StringComparison.Ordinal);
        Assert.Contains("/dev/video98", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipeline_for_a_library_without_GStreamer_is_told_with_what_to_do_instead()
    {
        OpenCvNative.SkipIfAbsent();
        if (OpenCvLibrary.HasGStreamer(Cv2.GetBuildInformation())) Assert.Skip("This build of OpenCV has GStreamer.");

        var refusal = Refusal(new OpenCvCamera { Pipeline = "rtspsrc location=rtsp://a:b@c ! appsink", Shown = "OpenCV pipeline ***@c ! appsink" });

        Assert.Contains("was built without GStreamer", refusal, StringComparison.Ordinal);
        Assert.Contains("v4l2sink", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("a:b", refusal, StringComparison.Ordinal);
    }

    private static OpenCvCamera Video(string path) => new() { File = path, Shown = $"OpenCV file {path}" };

    private string Refusal(OpenCvCamera camera) => Assert.Throws<CaptureException>(() => new OpenCvSource(camera, _pool, _time)).Message;

    /// <summary>Motion JPEG of flat grey pictures.</summary>
    private string Write(string name, double fps, byte[] levels, int width, int height)
    {
        var path = System.IO.Path.Combine(_folder.FullName, name);
        using var writer = new VideoWriter(path, VideoCaptureAPIs.OPENCV_MJPEG, FourCC.MJPG, fps, new OpenCvSharp.Size(width, height));
        Assert.True(writer.IsOpened());
        foreach (var level in levels)
        {
            using var picture = new Mat(height, width, MatType.CV_8UC3, Scalar.All(level));
            writer.Write(picture);
        }

        return path;
    }
}
