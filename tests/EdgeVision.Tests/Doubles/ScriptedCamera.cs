using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.Tests.Doubles;

/// <summary>Gives a frame for each time stamp that the test names, in a buffer of its own as a driver does, then ends or fails as told.</summary>
internal sealed class ScriptedCamera(FramePool pool, TimeProvider time, FrameStamp stamp = FrameStamp.StartOfExposure) : IFrameSource
{
    private readonly BlockingCollection<long?> _stamps = [];
    private readonly SemaphoreSlim _asked = new(0);
    private long _sequence;
    private Exception? _failure;

    public void Frame(long timestamp) => _stamps.Add(timestamp);

    public void End(Exception? failure = null)
    {
        _failure = failure;
        _stamps.Add(null);
    }

    /// <summary>Until it has been asked so many more times.</summary>
    public async Task AskedAsync(int times)
    {
        for (var i = 0; i < times; i++) Assert.True(await _asked.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), "It was never asked.");
    }

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        _asked.Release();
        frame = null;
        if (_stamps.Take(stopping) is not { } timestamp) return _failure is null ? false : throw _failure;
        var format = FrameFormat.Packed(PixelFormat.Bgr24, 64, 48);
        var buffer = pool.Rent(format.SizeInBytes);
        _sequence++;
        buffer.Memory.Span[0] = (byte)_sequence;
        frame = new Frame(buffer, format, format.SizeInBytes, _sequence, time.GetUtcNow(), timestamp) { Stamp = stamp };
        return true;
    }

    public void Dispose()
    {
        _stamps.Dispose();
        _asked.Dispose();
    }
}
