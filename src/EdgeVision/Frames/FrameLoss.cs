namespace EdgeVision.Frames;

/// <summary>Told of a frame that nobody will read, before it is given back; must be quick and never throw.</summary>
/// <param name="frame">Stays the caller's.</param>
/// <param name="gaveWay">To a newer one; false when the reader is gone.</param>
public delegate void FrameLoss(Frame frame, bool gaveWay);
