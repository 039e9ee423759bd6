namespace EdgeVision.Capture.Gpio;

/// <summary>How it stands with a line that somebody wants.</summary>
public enum GpioCondition
{
    /// <summary>It is there and can be taken.</summary>
    Free,

    /// <summary>Somebody holds it, perhaps this node itself.</summary>
    Busy,

    /// <summary>There is no such line, chip or name.</summary>
    Missing,

    /// <summary>Several lines have that name, or several chips that label.</summary>
    Ambiguous,

    /// <summary>This user may not open the chip.</summary>
    NotPermitted,
}
