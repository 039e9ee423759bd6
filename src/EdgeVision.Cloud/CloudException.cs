namespace EdgeVision.Cloud;

/// <summary>The server cannot start; one sentence that says why and what to do.</summary>
internal sealed class CloudException(string message, Exception? inner = null) : Exception(message, inner);
