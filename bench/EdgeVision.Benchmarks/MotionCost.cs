using System.Diagnostics;
using System.Globalization;
using EdgeVision.Configuration;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Motion;
using EdgeVision.Onnx;

namespace EdgeVision.Benchmarks;

/// <summary>One question to the gate beside one frame through the detector, by turns, so that whoever else uses the machine meets both.</summary>
internal static class MotionCost
{
    private const int Rounds = 100, Asked = 5;

    private static readonly (PixelFormat Pixels, int Width, int Height)[] Rows =
    [
        (PixelFormat.Yuyv, 640, 480), (PixelFormat.Nv12, 640, 480), (PixelFormat.I420, 640, 480), (PixelFormat.Bgr24, 640, 480),
        (PixelFormat.Yuyv, 1920, 1080), (PixelFormat.Nv12, 1920, 1080), (PixelFormat.I420, 1920, 1080), (PixelFormat.Bgr24, 1920, 1080), (PixelFormat.Bgra32, 1920, 1080),
    ];

    public static async Task RunAsync(OnnxDetector detector)
    {
        Console.WriteLine();
        Console.WriteLine($"Median of {Rounds} rounds; load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}.");
        Console.WriteLine("| frame | gate | whole detection | ratio |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var (pixels, width, height) in Rows)
        {
            var format = FrameFormat.Packed(pixels, width, height);
            var (gate, detection) = await MeasureAsync(format, detector);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {width} × {height} {pixels} | {gate * 1000:0} µs | {detection:0.0} ms | {gate / detection:0.0000} |"));
        }
    }

    private static async Task<(double Gate, double Detection)> MeasureAsync(FrameFormat format, OnnxDetector detector)
    {
        var random = new Random(1);
        var pictures = new MotionClip("noise", 30, [.. Enumerable.Range(0, 5).Select(_ => Noise(format.SizeInBytes, random))], format);
        var gate = new MotionGate(OptionsReader.Defaults(MotionOptions.Read), TimeProvider.System);
        var found = new DetectionList();
        var (gates, detections) = (new List<double>(Rounds), new List<double>(Rounds));
        for (var round = -10; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < Asked; i++)
            {
                using var frame = pictures.FrameAt(i);
                gate.Wants(frame);
            }

            var asked = Stopwatch.GetElapsedTime(started).TotalMilliseconds / Asked;
            using var seen = pictures.FrameAt((round + 10) % 5);
            found.Clear();
            started = Stopwatch.GetTimestamp();
            await detector.DetectAsync(seen, found, CancellationToken.None);
            var detected = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (round < 0) continue;
            gates.Add(asked);
            detections.Add(detected);
        }

        gates.Sort();
        detections.Sort();
        return (gates[Rounds / 2], detections[Rounds / 2]);
    }

    private static byte[] Noise(int bytes, Random random)
    {
        var pixels = new byte[bytes];
        random.NextBytes(pixels);
        return pixels;
    }
}
