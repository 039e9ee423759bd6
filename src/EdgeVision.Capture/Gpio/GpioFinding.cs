namespace EdgeVision.Capture.Gpio;

/// <summary>What can be said of a line before it is taken.</summary>
/// <param name="Condition">How it stands.</param>
/// <param name="Line">Which it is; null when it could not be told.</param>
/// <param name="Chip">On which chip; null when it could not be told.</param>
/// <param name="Detail">What was seen; without a full stop.</param>
/// <param name="Fix">What to do; null when it is free.</param>
public sealed record GpioFinding(GpioCondition Condition, GpioLineFacts? Line, GpioChipFacts? Chip, string Detail, string? Fix)
{
    /// <summary>One sentence.</summary>
    public override string ToString() => Fix is null ? $"{Detail}." : $"{Detail}; {Fix}.";
}
