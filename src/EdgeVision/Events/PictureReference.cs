namespace EdgeVision.Events;

/// <summary>Where the picture of an event lies (claim check: CloudEvents extension <c>dataref</c>), and how to know it.</summary>
/// <param name="Uri">An absolute URI, or a path below the node's data folder.</param>
/// <param name="Sha256">Of the file, lower-case hex.</param>
public sealed record PictureReference(string Uri, string Sha256);
