namespace EdgeVision.Rollout;

/// <summary>What is not tried again until something else was wanted in between.</summary>
/// <param name="Target">See <see cref="RolloutOptions.Target"/>.</param>
/// <param name="Reason">A sentence.</param>
public sealed record QuarantinedTarget(string Target, string Reason);
