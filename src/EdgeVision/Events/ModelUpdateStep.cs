namespace EdgeVision.Events;

/// <summary>How far a new model has come, in a system event.</summary>
/// <param name="Phase">Word of a <see cref="Rollout.RolloutPhase"/>.</param>
/// <param name="Target">Where it comes from, without secrets; null when nothing is wanted.</param>
/// <param name="Model"><c>NAME@VERSION</c>, once that is known.</param>
public sealed record ModelUpdateStep(string Phase, string? Target, string? Model);
