namespace EdgeVision.Events;

/// <summary>What happened to a camera.</summary>
public enum CameraState
{
    /// <summary>No frames: it failed to open or broke. It is tried again.</summary>
    Lost,

    /// <summary>Frames again after a loss.</summary>
    Recovered,

    /// <summary>A clip or folder came to its end. It is not opened again.</summary>
    Ended,
}
