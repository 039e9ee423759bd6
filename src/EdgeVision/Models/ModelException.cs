namespace EdgeVision.Models;

/// <summary>A model cannot be used. The message is one sentence: what happened, what was expected, what to do.</summary>
public sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner);
