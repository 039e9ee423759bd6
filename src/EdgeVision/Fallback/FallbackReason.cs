namespace EdgeVision.Fallback;

/// <summary>Why the cloud is asked about a frame.</summary>
public enum FallbackReason
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>An object's confidence lies in the uncertain band.</summary>
    Uncertain,

    /// <summary>An object is of a class that is always asked about.</summary>
    Class,

    /// <summary>By lot, among frames that nothing speaks against: what the edge is sure of may be wrong, too.</summary>
    Audit,
}
