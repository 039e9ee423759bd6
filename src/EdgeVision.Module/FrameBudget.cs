namespace EdgeVision.Module;

/// <summary>Counts frames of all cameras together down to the <c>--frames</c> that were asked for.</summary>
internal sealed class FrameBudget(long? frames) : IDisposable
{
    private readonly CancellationTokenSource _spent = new();
    private long _used;

    /// <summary>Fires when the last frame has been used.</summary>
    public CancellationToken Spent => _spent.Token;

    /// <summary>Uses one frame; false when it was the last, or none was left.</summary>
    public bool Use()
    {
        if (frames is not { } limit || Interlocked.Increment(ref _used) < limit) return true;
        _spent.Cancel();
        return false;
    }

    public void Dispose() => _spent.Dispose();
}
