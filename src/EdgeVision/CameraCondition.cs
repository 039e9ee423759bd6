namespace EdgeVision;

/// <summary>What a camera does now, for whoever watches.</summary>
public enum CameraCondition
{
    /// <summary>No frame yet.</summary>
    Opens,

    Runs,

    /// <summary>It failed and is opened again; <see cref="CameraTelemetry.RetryIn"/> says when.</summary>
    Lost,

    /// <summary>Its clip or folder came to the end.</summary>
    Ended,
}
