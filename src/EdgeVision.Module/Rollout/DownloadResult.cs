namespace EdgeVision.Module.Rollout;

/// <summary>A whole file, or why there is none.</summary>
/// <param name="Path">Full path of the file, the caller's to delete; null with <paramref name="Error"/>.</param>
/// <param name="Sha256">Of the file, lower-case hex.</param>
/// <param name="Error">One sentence; null with <paramref name="Path"/>.</param>
internal sealed record DownloadResult(string? Path, string? Sha256, string? Error)
{
    public static DownloadResult Failed(string error) => new(null, null, error);
}
