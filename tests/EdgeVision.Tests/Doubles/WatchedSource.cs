using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.Tests.Doubles;

/// <summary>Tells the test when the capture thread asks: at the (n + 1)th time the first n frames lie in the mailbox.</summary>
internal sealed class WatchedSource(IFrameSource inner) : IFrameSource
{
    private readonly SemaphoreSlim _asked = new(0);

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        _asked.Release();
        return inner.TryRead(out frame, stopping);
    }

    /// <summary>Returns when the source has been asked so many more times.</summary>
    public async Task AskedAsync(int times, CancellationToken stopping)
    {
        for (var i = 0; i < times; i++)
        {
            if (!await _asked.WaitAsync(TimeSpan.FromSeconds(30), stopping)) throw new TimeoutException($"The source was asked {i} times, {times} were expected.");
        }
    }

    public void Dispose()
    {
        inner.Dispose();
        _asked.Dispose();
    }
}
