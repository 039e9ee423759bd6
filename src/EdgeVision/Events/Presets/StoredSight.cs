namespace EdgeVision.Events.Presets;

/// <summary>What was seen on one frame.</summary>
/// <param name="Frame">The camera's number of it.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Model">Who saw it.</param>
/// <param name="Version">Of the model.</param>
/// <param name="Objects">Best first, as the event has them; may be empty.</param>
internal sealed record StoredSight(long Frame, int Width, int Height, string Model, string Version, IReadOnlyList<StoredObject> Objects);
