namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>A word for a control that means the same on every camera.</summary>
/// <param name="Name">The word.</param>
/// <param name="Controls">Ids it may mean, best first.</param>
/// <param name="Mode">The mode in which the camera sets it by itself; null where there is none.</param>
internal sealed record ControlWord(string Name, IReadOnlyList<uint> Controls, AutomaticMode? Mode);

/// <summary>A control that says whether the camera sets another one by itself.</summary>
/// <param name="Id">Of the mode.</param>
/// <param name="Manual">Its value for "by hand".</param>
/// <param name="Automatic">Its values for "by itself", best first.</param>
internal sealed record AutomaticMode(uint Id, long Manual, IReadOnlyList<long> Automatic);
