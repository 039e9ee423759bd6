namespace EdgeVision.Triggers;

/// <summary>Pulses that only their number is known of, added up until somebody can tell them. Under its owner's lock.</summary>
internal sealed class LostPulses
{
    private long _count, _last;
    private string _reason = "";

    /// <param name="count">How many.</param>
    /// <param name="last">Number of the last.</param>
    /// <param name="reason">A sentence that ends in what to do; the newest is told.</param>
    /// <returns>True when there were none before: somebody has to be woken.</returns>
    public bool Add(long count, long last, string reason)
    {
        var first = _count == 0;
        (_count, _last, _reason) = (_count + count, Math.Max(_last, last), reason);
        return first;
    }

    /// <summary>False when there are none; otherwise they count as told.</summary>
    public bool TryTake(out long count, out long last, out string reason)
    {
        (count, last, reason) = (_count, _last, _reason);
        _count = 0;
        return count > 0;
    }
}
