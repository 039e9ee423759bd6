namespace EdgeVision.Fallback;

/// <summary>What the cloud makes of what the edge saw.</summary>
public enum VerdictOutcome
{
    /// <summary>The same objects.</summary>
    Confirmed,

    /// <summary>The same places, other labels.</summary>
    Corrected,

    /// <summary>Something that the edge saw is not there.</summary>
    Rejected,

    /// <summary>All that the edge saw, and more.</summary>
    FoundMore,
}
