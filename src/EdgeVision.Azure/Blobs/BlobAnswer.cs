namespace EdgeVision.Azure.Blobs;

/// <summary>What became of an upload.</summary>
/// <param name="Outcome">What to do next.</param>
/// <param name="Reason">For people; null when it is stored.</param>
/// <param name="RetryAfter">Asked for by the other side.</param>
public readonly record struct BlobAnswer(BlobOutcome Outcome, string? Reason, TimeSpan? RetryAfter = null);
