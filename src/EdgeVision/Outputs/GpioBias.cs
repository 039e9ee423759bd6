namespace EdgeVision.Outputs;

/// <summary>The resistor that holds a line while nobody drives it.</summary>
public enum GpioBias
{
    /// <summary>Whatever the board's firmware or device tree has set.</summary>
    AsIs,

    PullUp,

    PullDown,

    /// <summary>None: the line floats unless something outside drives it.</summary>
    Disabled,
}
