namespace EdgeVision.Azure.Hub;

/// <summary>When events were first seen here, by their sequences, which only grow. One mark for all that were seen together.</summary>
internal sealed class ArrivalTimes(TimeProvider time)
{
    private readonly Queue<(long Newest, long At)> _marks = new();
    private long _newest = long.MinValue;

    /// <summary>Those from <paramref name="first"/> to <paramref name="last"/> are here; what is before them is nobody's any more.</summary>
    public void Note(long first, long last)
    {
        while (_marks.TryPeek(out var mark) && mark.Newest < first) _marks.Dequeue();
        if (last <= _newest) return;
        _marks.Enqueue((last, time.GetTimestamp()));
        _newest = last;
    }

    /// <summary>Since it was first seen; zero for one that was not.</summary>
    public TimeSpan AgeOf(long sequence)
    {
        foreach (var (newest, at) in _marks)
            if (newest >= sequence) return time.GetElapsedTime(at);
        return TimeSpan.Zero;
    }
}
