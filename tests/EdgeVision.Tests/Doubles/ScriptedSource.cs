using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.Tests.Doubles;

/// <summary>Gives the frames of a script, one each time the test allows it, then ends or fails as told.</summary>
internal sealed class ScriptedSource(FramePool pool, TimeProvider time, int frames, Exception? failure = null, PixelFormat pixels = PixelFormat.Bgr24) : IFrameSource
{
    private readonly SemaphoreSlim _allowed = new(0);
    private int _given;

    /// <summary>Lets so many more frames out; one more than the script has lets it end.</summary>
    public void Allow(int count = 1) => _allowed.Release(count);

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        _allowed.Wait(stopping);
        frame = null;
        if (_given == frames) return failure is null ? false : throw failure;
        var format = pixels is PixelFormat.Jpeg ? FrameFormat.Jpeg(64, 48) : FrameFormat.Packed(pixels, 64, 48);
        var buffer = pool.Rent(Math.Max(16, format.SizeInBytes));
        // The same picture each time, and not a plain one: what a pool lends is whatever was there, which passes for motion.
        var bytes = buffer.Memory.Span;
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)i;
        frame = new Frame(buffer, format, Math.Max(16, format.SizeInBytes), ++_given, time.GetUtcNow(), time.GetTimestamp());
        return true;
    }

    public void Dispose() => _allowed.Dispose();
}
