using EdgeVision.Frames;
using EdgeVision.Motion;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Motion;

/// <summary>A grey room of 320 × 240 that a noisy camera looks at, ten times a second.</summary>
internal sealed class Scene(FakeTimeProvider time, FramePool pool, PixelFormat pixels = PixelFormat.Grey8)
{
    public const int Width = 320, Height = 240;

    private static readonly float[] Normal = MakeNormal();

    private readonly Random _random = new(1);
    private readonly byte[] _grey = new byte[Width * Height];
    private readonly FrameFormat _format = FrameFormat.Packed(pixels, Width, Height);
    private long _sequence;

    /// <summary>Grey level of the walls.</summary>
    public double Light { get; set; } = 100;

    /// <summary>Standard deviation of a pixel, grey levels.</summary>
    public double Noise { get; set; } = 3;

    /// <summary>What stands in the room: left, top, width, height, and how much lighter it is.</summary>
    public (int Left, int Top, int Width, int Height, int Contrast)? Thing { get; set; }

    /// <summary>The next frame, a tenth of a second later, through the gate.</summary>
    public bool Show(MotionGate gate)
    {
        time.Advance(TimeSpan.FromMilliseconds(100));
        using var frame = Next();
        return gate.Wants(frame);
    }

    /// <summary>How many of that many frames the gate wants.</summary>
    public int Show(MotionGate gate, int frames)
    {
        var wanted = 0;
        for (var i = 0; i < frames; i++)
        {
            if (Show(gate)) wanted++;
        }

        return wanted;
    }

    /// <summary>Caller disposes.</summary>
    public Frame Next()
    {
        Draw();
        var buffer = pool.Rent(_format.SizeInBytes);
        Picture.Write(_format, _grey, buffer.Memory.Span[.._format.SizeInBytes]);
        return new Frame(buffer, _format, _format.SizeInBytes, ++_sequence, time.GetUtcNow(), time.GetTimestamp());
    }

    private void Draw()
    {
        for (var y = 0; y < Height; y++)
        {
            var row = _grey.AsSpan(y * Width, Width);
            var noise = Normal.AsSpan(_random.Next(Normal.Length - Width), Width);
            Fill(row, noise, Light);
            if (Thing is { } thing && y >= thing.Top && y < thing.Top + thing.Height)
            {
                var (left, right) = (thing.Left, Math.Min(Width, thing.Left + thing.Width));
                Fill(row[left..right], noise[left..right], Light + thing.Contrast);
            }
        }
    }

    private void Fill(Span<byte> row, ReadOnlySpan<float> noise, double light)
    {
        var (level, scale) = ((float)light + 0.5f, (float)Noise);
        for (var x = 0; x < row.Length; x++) row[x] = (byte)Math.Clamp(level + (scale * noise[x]), 0, 255);
    }

    /// <summary>A normal distribution, made once: each row of a frame is some piece of it.</summary>
    private static float[] MakeNormal()
    {
        var random = new Random(1);
        var values = new float[100_003];
        for (var i = 0; i < values.Length; i++) values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }
}
