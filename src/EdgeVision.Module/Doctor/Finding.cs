namespace EdgeVision.Module.Doctor;

/// <summary>What one check of <c>doctor</c> found.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Level">How it went.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Fix">What to do; null when all is well.</param>
internal sealed record Finding(string Check, FindingLevel Level, string Detail, string? Fix)
{
    public static Finding Ok(string check, string detail) => new(check, FindingLevel.Ok, detail, null);

    public static Finding Warn(string check, string detail, string fix) => new(check, FindingLevel.Warn, detail, fix);

    public static Finding Fail(string check, string detail, string fix) => new(check, FindingLevel.Fail, detail, fix);
}
