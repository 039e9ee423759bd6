namespace EdgeVision.Module.Rollout;

/// <summary>What a download may cost.</summary>
internal sealed record DownloadLimits
{
    public required long MaxBytes { get; init; }

    /// <summary>For all attempts together.</summary>
    public required TimeSpan WholeTime { get; init; }

    /// <summary>Without a byte; then the connection is given up, and made again.</summary>
    public TimeSpan StallTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>In a row that brought nothing.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>Before the second attempt; doubled for each that brings nothing.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest, whatever a server asks for.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);
}
