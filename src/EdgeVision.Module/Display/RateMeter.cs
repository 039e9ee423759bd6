namespace EdgeVision.Module.Display;

/// <summary>A rate over the last few looks at a counter, so that the shown number is steady.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    private readonly Queue<(long At, long Count)> _looks = new();

    /// <summary>Per second, over at most the window; null until there were two looks at this counter.</summary>
    public double? Look(long count)
    {
        // A counter that went back is another one: a camera that was opened anew counts from zero.
        if (_looks.TryPeek(out var oldest) && count < oldest.Count) _looks.Clear();
        var now = time.GetTimestamp();
        _looks.Enqueue((now, count));
        while (_looks.Count > 2 && time.GetElapsedTime(_looks.Peek().At, now) > Window) _looks.Dequeue();
        var (at, before) = _looks.Peek();
        var seconds = time.GetElapsedTime(at, now).TotalSeconds;
        return seconds > 0 ? (count - before) / seconds : null;
    }
}
