namespace EdgeVision.Events;

/// <summary>How much an operator should care. The numbers are stored on disk and never change.</summary>
public enum Severity
{
    /// <summary>Nothing to do.</summary>
    Info = 0,

    /// <summary>Something works less well, or not for a while.</summary>
    Warning = 1,

    /// <summary>Somebody has to come.</summary>
    Error = 2,
}
