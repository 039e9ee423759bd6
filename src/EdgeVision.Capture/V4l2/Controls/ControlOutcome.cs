namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>What became of one wish.</summary>
/// <param name="Name">As it was wished.</param>
/// <param name="Status">How it went.</param>
/// <param name="Sentence">What happened and what to do; of <see cref="ControlStatus.Set"/> what the camera has now.</param>
public sealed record ControlOutcome(string Name, ControlStatus Status, string Sentence);
