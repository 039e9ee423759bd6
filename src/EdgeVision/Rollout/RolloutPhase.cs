namespace EdgeVision.Rollout;

/// <summary>How far a new model has come. Words in reported properties, events and the state file; their order is that of a rollout.</summary>
public enum RolloutPhase
{
    /// <summary>Nothing is under way.</summary>
    Idle,

    /// <summary>Named, but not for this node: its percentage or ring is another.</summary>
    Waiting,

    /// <summary>On its way here.</summary>
    Fetching,

    /// <summary>Its sums, signature and manifest are looked at, and it goes into the store.</summary>
    Verifying,

    /// <summary>Opened beside the live one and asked about pictures whose answer is known.</summary>
    Testing,

    /// <summary>Looks at live frames without anybody hearing of it.</summary>
    Shadowing,

    /// <summary>Cameras look with it, and it is watched.</summary>
    Watching,

    /// <summary>It has kept its promise: the last good one from now on.</summary>
    Live,

    /// <summary>It is not usable; the one before looks as it did.</summary>
    Refused,

    /// <summary>It looked, failed, and the one before looks again.</summary>
    RolledBack,
}
