namespace EdgeVision.Capture.Gpio;

/// <summary>Makes the kernel's 32-bit count of a line's edges one that does not wrap: at 1,000 edges a second it would after 50 days.</summary>
internal struct EdgeNumbers
{
    private long _last;

    /// <summary>From 1, always larger than the one before; what the kernel skipped is skipped here.</summary>
    public long Next(uint lineSequence)
    {
        // Modulo 2³²; the same count twice would be a driver's mistake and still gets a number of its own.
        var step = unchecked(lineSequence - (uint)_last);
        return _last += Math.Max(1, step);
    }
}
