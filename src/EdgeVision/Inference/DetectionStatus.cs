namespace EdgeVision.Inference;

/// <summary>What became of a frame at the detector. Anything but <see cref="Ok"/> means: no result, go on with the next frame.</summary>
public enum DetectionStatus
{
    /// <summary>The list holds the result, which may be empty.</summary>
    Ok,

    /// <summary>The detector cannot read this frame's format.</summary>
    UnsupportedFrame,

    /// <summary>The model ran and failed, or gave numbers that are no numbers.</summary>
    Failed,

    /// <summary>No detector to ask just now: a model that is being changed, a cloud out of reach.</summary>
    Unavailable,
}
