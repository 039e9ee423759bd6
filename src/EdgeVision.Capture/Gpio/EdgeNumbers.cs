namespace EdgeVision.Capture.Gpio;

/// <summary>
/// Makes the kernel's 32-bit count of a line's edges one that does not wrap (at 1,000 edges a second it would after 50 days), and counts
/// edges that the kernel never saw: those that came while the interrupt of the one before was still waiting are merged before anybody
/// counts. Where both kinds are watched that shows, for rises and falls must take turns; where one is, nothing shows it.
/// </summary>
/// <param name="both">Rises and falls are watched.</param>
internal struct EdgeNumbers(bool both)
{
    private long _number;
    private uint _sequence, _kind;

    /// <summary>From 1, always larger than the one before; a gap is edges that nobody can read any more.</summary>
    /// <param name="sequence">Kernel's count of the line's edges.</param>
    /// <param name="kind">Rise or fall.</param>
    public long Next(uint sequence, uint kind)
    {
        // Modulo 2³²; the same count twice would be a driver's mistake and still gets a number of its own.
        var step = Math.Max(1u, unchecked(sequence - _sequence));
        var sameKind = kind == _kind;
        if (both && _kind != 0 && sameKind != (step % 2 == 0)) step++;
        (_sequence, _kind) = (sequence, kind);
        return _number += step;
    }
}
