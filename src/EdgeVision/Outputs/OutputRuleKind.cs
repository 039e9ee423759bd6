namespace EdgeVision.Outputs;

/// <summary>What an output is about.</summary>
public enum OutputRuleKind
{
    /// <summary>A camera sees enough objects.</summary>
    Detected,

    /// <summary>A camera failed.</summary>
    CameraLost,

    /// <summary>All cameras give frames that can be used.</summary>
    Healthy,
}
