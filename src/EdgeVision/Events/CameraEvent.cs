namespace EdgeVision.Events;

/// <summary>A change in a camera's life.</summary>
public sealed record CameraEvent : VisionEvent
{
    public required CameraState State { get; init; }

    /// <summary>Why, as a sentence that ends in what to do; null when there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>Failures in a row, 1 for the first.</summary>
    public int? Attempt { get; init; }

    /// <summary>When a lost camera is opened again.</summary>
    public TimeSpan? RetryIn { get; init; }

    /// <summary>How long a recovered camera was away.</summary>
    public TimeSpan? Down { get; init; }

    public override EventFamily Family => EventFamily.Camera;

    public override Severity Severity => State == CameraState.Lost ? Severity.Warning : Severity.Info;
}
