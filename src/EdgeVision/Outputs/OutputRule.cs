namespace EdgeVision.Outputs;

/// <summary>When an output is wanted. Any thread may ask.</summary>
public abstract class OutputRule
{
    /// <param name="now"><see cref="TimeProvider.GetTimestamp"/>; not before the last.</param>
    public abstract bool IsWanted(long now);
}
