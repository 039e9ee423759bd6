namespace EdgeVision.Triggers;

/// <summary>What became of one shot of a pulse.</summary>
public enum TriggerOutcome
{
    /// <summary>It has the frame that belongs to it, and has it alone.</summary>
    Matched,

    /// <summary>It has the frame that belongs to it, and so has an earlier pulse: they came faster than the camera's frames.</summary>
    Shared,

    /// <summary>It has a frame, but the one that belongs to it is missing.</summary>
    Late,

    /// <summary>The camera ran, but gave no frame in time.</summary>
    NoFrame,

    /// <summary>The camera gave no frames: lost, not open yet, at its end.</summary>
    NoCamera,

    /// <summary>It had its frame, which gave way before detection: pulses come faster than frames can be looked at, or EdgeVision stopped.</summary>
    Dropped,

    /// <summary>It had its frame, which could not be used: a broken picture, a model that failed.</summary>
    Failed,

    /// <summary>Pulses that nobody could read in time: only their number is known.</summary>
    Lost,
}
