namespace EdgeVision.Module.Doctor;

/// <summary>How a check went.</summary>
internal enum FindingLevel
{
    Ok,

    /// <summary>It runs, but somebody should know.</summary>
    Warn,

    /// <summary>The node will not do its job.</summary>
    Fail,
}
