namespace EdgeVision.Azure.Hub;

/// <summary>The link at a glance: for people, health checks and metrics.</summary>
/// <param name="State">What it is doing.</param>
/// <param name="Reason">Why it is not connected; null when it is, or was never tried.</param>
/// <param name="Since">In this state since, UTC.</param>
/// <param name="NextAttempt">While <see cref="HubLinkState.Waiting"/>, UTC.</param>
/// <param name="Connects">Links that came about since the start.</param>
public sealed record HubLinkStatus(HubLinkState State, string? Reason, DateTimeOffset Since, DateTimeOffset? NextAttempt, long Connects);
