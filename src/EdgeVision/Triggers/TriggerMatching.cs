namespace EdgeVision.Triggers;

/// <summary>Which frame belongs to a pulse.</summary>
public enum TriggerMatching
{
    /// <summary>The first whose exposure begins at or after the pulse, plus the delay.</summary>
    Next,

    /// <summary>The one whose exposure begins nearest to the pulse plus the delay, before or after; known one frame later.</summary>
    Nearest,
}
