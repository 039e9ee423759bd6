namespace EdgeVision.Frames;

/// <summary>A camera cannot be opened or has failed. The message is one sentence: what happened, what was expected, what to do.</summary>
public sealed class CaptureException(string message, Exception? inner = null) : Exception(message, inner);
