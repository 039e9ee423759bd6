using System.Diagnostics;
using System.Globalization;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Imaging.Turbo;
using SkiaSharp;

namespace EdgeVision.Benchmarks;

/// <summary>One 1080p 4:2:0 picture through both JPEG decoders at each scale, one after the other in every round, so that a busy machine is busy for all.</summary>
internal sealed class JpegComparison
{
    private readonly FramePool _pool = new();

    /// <param name="picture">Any picture; it is made 1920×1080, 4:2:0, quality 90.</param>
    /// <param name="rounds">Above 0.</param>
    public static void Run(string picture, int rounds) => new JpegComparison().Compare(Encode(picture), rounds);

    private void Compare(byte[] jpeg, int rounds)
    {
        var buffer = _pool.Rent(jpeg.Length);
        jpeg.CopyTo(buffer.Memory.Span);
        using var compressed = new Frame(buffer, FrameFormat.Jpeg(1920, 1080), jpeg.Length, 1, default, 0);

        var cases = Cases();
        var times = cases.ConvertAll(_ => new List<double>(rounds));
        var bytes = new long[cases.Count];
        for (var round = -3; round < rounds; round++)
        {
            for (var i = 0; i < cases.Count; i++)
            {
                var (allocated, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
                if (!cases[i].Decoder.TryDecode(compressed, cases[i].Scale, out var decoded, out var reason)) throw new InvalidOperationException(reason);
                decoded.Dispose();
                if (round < 0) continue; // warm-up
                times[i].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                bytes[i] += GC.GetAllocatedBytesForCurrentThread() - allocated;
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"1920×1080 4:2:0, {jpeg.Length / 1000} KB, {rounds} rounds, ms"));
        Console.WriteLine("| decoder | scale | p10 | median | bytes allocated a frame |");
        Console.WriteLine("|---|---|---|---|---|");
        for (var i = 0; i < cases.Count; i++)
        {
            times[i].Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {cases[i].Name} | 1/{1 / cases[i].Scale} | {times[i][rounds / 10]:0.00} | {times[i][rounds / 2]:0.00} | {bytes[i] / rounds} |"));
        }
    }

    private List<(string Name, JpegDecoder Decoder, float Scale)> Cases()
    {
        var cases = new List<(string, JpegDecoder, float)>();
        foreach (var scale in (float[])[1, 0.5f, 0.25f])
        {
            cases.Add(("SkiaSharp", new JpegDecoder(_pool, turbo: null), scale));
            if (TurboJpeg.Installed is { } turbo) cases.Add(("libjpeg-turbo", new JpegDecoder(_pool, turbo), scale));
        }

        return cases;
    }

    private static byte[] Encode(string picture)
    {
        using var original = SKBitmap.Decode(picture) ?? throw new InvalidOperationException($"'{picture}' is no picture that can be read; run this in the repository or name a JPEG or PNG file.");
        using var scaled = original.Resize(new SKImageInfo(1920, 1080), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var pixmap = scaled.PeekPixels();
        using var data = pixmap.Encode(new SKJpegEncoderOptions(90, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore));
        return data?.ToArray() ?? throw new InvalidOperationException($"'{picture}' cannot be encoded as JPEG.");
    }
}
