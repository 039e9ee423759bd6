namespace EdgeVision.Module.Rollout;

/// <summary>How far a download is.</summary>
/// <param name="Bytes">On disk, what an earlier attempt brought included.</param>
/// <param name="Total">Null while the server has not said it.</param>
internal readonly record struct DownloadProgress(long Bytes, long? Total);
