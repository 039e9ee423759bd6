namespace EdgeVision.Module.Rollout;

/// <summary>A whole file, or why there is none.</summary>
/// <param name="Path">Full path of the file, the caller's to delete; null with <paramref name="Error"/>.</param>
/// <param name="Sha256">Of the file, lower-case hex.</param>
/// <param name="Error">One sentence; null with <paramref name="Path"/>.</param>
/// <param name="IsTemporary">The network or the disk is at fault, not the address or what lies there: worth another try later.</param>
internal sealed record DownloadResult(string? Path, string? Sha256, string? Error, bool IsTemporary)
{
    public static DownloadResult Of(string path, string sha256) => new(path, sha256, null, IsTemporary: false);

    public static DownloadResult Failed(string error) => new(null, null, error, IsTemporary: false);

    public static DownloadResult Later(string error) => new(null, null, error, IsTemporary: true);
}
