namespace EdgeVision.Triggers;

/// <summary>A trigger as its camera knows it, whatever it is wired to.</summary>
/// <param name="Camera">Name of the camera whose frames it asks for.</param>
/// <param name="Name">Its own, for events.</param>
/// <param name="Line">Where it is wired to, for people.</param>
/// <param name="Rule">Which frames a pulse gets.</param>
/// <param name="ExposureOffset">From the begin of exposure to a frame's time stamp; null to go by the kind of stamp.</param>
/// <param name="Queue">Frames of pulses that may wait for detection; at least 1.</param>
public sealed record TriggerSetting(string Camera, string Name, string Line, TriggerRule Rule, TimeSpan? ExposureOffset, int Queue);
