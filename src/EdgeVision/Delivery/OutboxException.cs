namespace EdgeVision.Delivery;

/// <summary>The outbox cannot be used. The message is one sentence: what happened, what was expected, what to do.</summary>
public sealed class OutboxException(string message, Exception? inner = null) : Exception(message, inner);
