namespace EdgeVision.Triggers;

/// <summary>Which change of a line is a pulse; logical, not electrical: an active-low line rises when its voltage falls.</summary>
public enum LineEdge
{
    /// <summary>It becomes active.</summary>
    Rising,

    /// <summary>It becomes inactive.</summary>
    Falling,

    /// <summary>Each change: two pulses where one would be expected.</summary>
    Both,
}
