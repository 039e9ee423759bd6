namespace EdgeVision.Azure.Blobs;

/// <summary>What to do after an upload.</summary>
public enum BlobOutcome
{
    /// <summary>It is there, now or since an earlier attempt.</summary>
    Stored,

    /// <summary>The same again after a while.</summary>
    Later,

    /// <summary>This file will never be taken.</summary>
    Refused,
}
