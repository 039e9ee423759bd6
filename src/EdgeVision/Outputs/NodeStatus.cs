namespace EdgeVision.Outputs;

/// <summary>What the status light shows; the first of these that holds, from the bottom up.</summary>
public enum NodeStatus
{
    Ok,

    /// <summary>A camera is lost or unusable while others work, or a line of the node has failed.</summary>
    Degraded,

    /// <summary>Events cannot be delivered; they are kept.</summary>
    NoLink,

    /// <summary>No camera gives frames that can be used.</summary>
    NoCamera,
}
