namespace EdgeVision.Outputs;

/// <summary>The patterns that an output may be given.</summary>
public enum OutputPatternKind
{
    Level,
    Pulse,
    Blink,
}
