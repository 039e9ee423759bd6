using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.Capture.Replay;

/// <summary>
/// Colour bars with a block that moves and the frame number as 16 light or dark squares, most significant first: enough to see that frames
/// flow, in which order, and that colours and rows are where they belong. Bgr24.
/// </summary>
internal sealed class TestPatternSource : IFrameSource
{
    private const int CounterBits = 16;

    /// <summary>White, yellow, cyan, green, magenta, red, blue, black as blue, green, red.</summary>
    private static readonly byte[] Bars = [255, 255, 255, 0, 255, 255, 255, 255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 0, 0, 0, 0, 0];

    private readonly FrameFormat _format;
    private readonly double _fps;
    private readonly FramePool _pool;
    private readonly FrameClock _clock;
    private readonly FramePacer _pacer;
    private readonly byte[] _background;
    private long _sequence;

    public TestPatternSource(int width, int height, double fps, FramePool pool, TimeProvider time)
    {
        _format = FrameFormat.Packed(PixelFormat.Bgr24, width, height);
        (_fps, _pool) = (fps, pool);
        _clock = new FrameClock(time);
        _background = DrawBars(_format);
        _pacer = new FramePacer(fps, time);
    }

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        var timestamp = _pacer.Wait(stopping);
        var buffer = _pool.Rent(_format.SizeInBytes);
        var pixels = buffer.Memory.Span[.._format.SizeInBytes];
        _background.CopyTo(pixels);
        _sequence++;
        DrawBlock(pixels);
        DrawCounter(pixels);
        frame = new Frame(buffer, _format, _format.SizeInBytes, _sequence, _clock.ToUtc(timestamp), timestamp);
        return true;
    }

    public void Dispose() => _pacer.Dispose();

    public override string ToString() => FormattableString.Invariant($"test pattern {_format.Width} × {_format.Height} at {_fps} fps");

    private static byte[] DrawBars(FrameFormat format)
    {
        var pixels = new byte[format.SizeInBytes];
        var row = pixels.AsSpan(0, format.Stride);
        for (var x = 0; x < format.Width; x++) Bars.AsSpan(x * 8 / format.Width * 3, 3).CopyTo(row[(x * 3)..]);
        for (var y = 1; y < format.Height; y++) row.CopyTo(pixels.AsSpan(y * format.Stride));
        return pixels;
    }

    /// <summary>An eighth of the frame high, once across in about four seconds.</summary>
    private void DrawBlock(Span<byte> pixels)
    {
        var size = Math.Max(2, _format.Height / 8);
        var step = Math.Max(1, (int)(_format.Width / (_fps * 4)));
        var left = (int)(_sequence * step % (_format.Width - Math.Min(size, _format.Width - 1)));
        Fill(pixels, left, (_format.Height - size) / 2, size, size, 128);
    }

    private void DrawCounter(Span<byte> pixels)
    {
        var size = Math.Max(1, Math.Min(_format.Width / CounterBits, _format.Height / 8));
        for (var bit = 0; bit < CounterBits; bit++)
        {
            var isSet = (_sequence >> (CounterBits - 1 - bit) & 1) != 0;
            Fill(pixels, bit * size, _format.Height - size, size, size, isSet ? (byte)255 : (byte)32);
        }
    }

    private void Fill(Span<byte> pixels, int left, int top, int width, int height, byte value)
    {
        width = Math.Min(width, _format.Width - left);
        for (var y = top; y < Math.Min(top + height, _format.Height); y++) pixels.Slice((y * _format.Stride) + (left * 3), width * 3).Fill(value);
    }
}
