namespace EdgeVision.Triggers;

/// <summary>Which frames a pulse gets.</summary>
/// <param name="Matching">How the first is found.</param>
/// <param name="Delay">Added to the pulse's time: what it detects is in the picture so much later. 0 or more.</param>
/// <param name="Burst">Frames in a row; 1 or more.</param>
/// <param name="Timeout">How far a frame may lie from the pulse plus delay, and each shot from the one before.</param>
public sealed record TriggerRule(TriggerMatching Matching, TimeSpan Delay, int Burst, TimeSpan Timeout);
