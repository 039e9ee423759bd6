using EdgeVision.Events;

namespace EdgeVision.Module.Cloud;

/// <summary>A picture on its way to the cloud, and the event that it is about.</summary>
/// <param name="Seen">Of the edge.</param>
/// <param name="Id">Of that event: known on the camera's thread first, so that all agree on it.</param>
/// <param name="Subject">Index of its object that the question is about; -1 for all.</param>
/// <param name="Jpeg">Masked, and blurred where that is configured.</param>
/// <param name="Captured">Timestamp of the frame.</param>
internal sealed record Question(FrameEvent Seen, Guid Id, int Subject, byte[] Jpeg, long Captured);
