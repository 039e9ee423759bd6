namespace EdgeVision.Events;

/// <summary>
/// Kinds of event, in order of what is given up first when the outbox is full. The numbers are stored on disk and never change.
/// </summary>
public enum EventFamily
{
    /// <summary>Sampled detections of one frame.</summary>
    Frame = 0,

    /// <summary>A camera was lost, came back or ended.</summary>
    Camera = 2,

    /// <summary>Something a person asked to be told of: a trigger's pulse.</summary>
    Rule = 3,

    /// <summary>The node itself: started, stopped, configuration, model.</summary>
    System = 4,
}
