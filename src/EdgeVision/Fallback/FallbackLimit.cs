namespace EdgeVision.Fallback;

/// <summary>What kept a question back that was worth asking.</summary>
public enum FallbackLimit
{
    /// <summary>Another one of this camera was asked just before.</summary>
    Gap,

    /// <summary>Calls an hour.</summary>
    Calls,

    /// <summary>Bytes a day.</summary>
    Bytes,

    /// <summary>Others wait already.</summary>
    Queue,

    /// <summary>No picture could be made, or none may leave.</summary>
    Picture,

    /// <summary>The other side has failed too often; it is left alone for a while.</summary>
    Breaker,
}
