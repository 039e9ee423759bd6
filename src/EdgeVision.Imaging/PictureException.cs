namespace EdgeVision.Imaging;

/// <summary>A picture file cannot be read or written. The message is one sentence: what happened, what was expected, what to do.</summary>
public sealed class PictureException(string message, Exception? inner = null) : Exception(message, inner);
