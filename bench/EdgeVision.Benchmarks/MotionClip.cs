using EdgeVision.Frames;
using EdgeVision.Imaging;

namespace EdgeVision.Benchmarks;

/// <summary>Decoded frames of an MJPEG clip as ffmpeg writes them (no thumbnails inside), all in memory.</summary>
/// <param name="Name">File name.</param>
/// <param name="Fps">At which it is taken to have been recorded.</param>
/// <param name="Frames">Bytes of each frame.</param>
/// <param name="Format">Of all frames.</param>
internal sealed record MotionClip(string Name, double Fps, IReadOnlyList<byte[]> Frames, FrameFormat Format)
{
    /// <summary>Standard deviation of a pixel's luma: a webcam in ordinary light.</summary>
    public const double SensorNoise = 3;

    private const int StillSeconds = 60;

    /// <summary>First frame of the clip itself.</summary>
    public int MovesFrom { get; private init; }

    /// <summary>Behind the last frame of the clip itself.</summary>
    public int MovesUntil { get; private init; } = Frames.Count;

    /// <param name="argument">PATH or PATH@FPS.</param>
    public static MotionClip Load(string argument)
    {
        var at = argument.LastIndexOf('@');
        var (path, fps) = at < 0 ? (argument, 10) : (argument[..at], double.Parse(argument[(at + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        var (pool, frames, format) = (new FramePool(), new List<byte[]>(), default(FrameFormat));
        var decoder = new JpegDecoder(pool);
        foreach (var jpeg in Split(File.ReadAllBytes(path)))
        {
            using var frame = FrameOf(jpeg, FrameFormat.Jpeg(0, 0), 0, 10);
            if (!decoder.TryDecode(frame, 1, out var reason)) throw new InvalidOperationException($"A picture of '{path}' cannot be decoded: {reason}; convert the clip with ffmpeg -c:v mjpeg -f mjpeg.");
            frames.Add(frame.Pixels.ToArray());
            format = frame.Format;
        }

        return new MotionClip(Path.GetFileName(path), fps, frames, format);
    }

    /// <summary>A minute of the first picture, the clip, a minute of the last picture. Every frame of the two minutes has sensor noise of its own; the pictures are otherwise the same.</summary>
    public MotionClip BetweenStillMinutes()
    {
        var (random, still) = (new Random(1), (int)(StillSeconds * Fps));
        var before = Enumerable.Range(0, still).Select(_ => WithNoise(Frames[0], random));
        var after = Enumerable.Range(0, still).Select(_ => WithNoise(Frames[^1], random));
        return this with { Name = $"still, {Name}, still", Frames = [.. before, .. Frames, .. after], MovesFrom = still, MovesUntil = still + Frames.Count };
    }

    public Frame FrameAt(int index) => FrameOf(Frames[index], Format, index, Fps);

    private static Frame FrameOf(byte[] bytes, in FrameFormat format, int index, double fps) =>
        new(new Borrowed(bytes), format, bytes.Length, index + 1, default, (long)(index / fps * TimeProvider.System.TimestampFrequency));

    private byte[] WithNoise(byte[] picture, Random random)
    {
        var noisy = (byte[])picture.Clone();
        var step = Math.Max(1, FrameFormat.BytesPerPixel(Format.Pixels));
        for (var i = 0; i < Format.Height * Format.Stride; i += step)
        {
            var noise = SensorNoise * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            for (var channel = 0; channel < Math.Min(3, step); channel++) noisy[i + channel] = (byte)Math.Clamp(noisy[i + channel] + noise + 0.5, 0, 255);
        }

        return noisy;
    }

    private static IEnumerable<byte[]> Split(byte[] clip)
    {
        var start = 0;
        while (start < clip.Length)
        {
            var next = clip.AsSpan(start + 2).IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9, 0xFF, 0xD8]);
            var end = next < 0 ? clip.Length : start + 2 + next + 2;
            yield return clip[start..end];
            start = end;
        }
    }

    private sealed class Borrowed(byte[] bytes) : FrameBuffer
    {
        public override Memory<byte> Memory => bytes;

        public override void Return()
        {
        }
    }
}
