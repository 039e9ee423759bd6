namespace EdgeVision.Azure.Cloud;

/// <summary>The cloud cannot be asked with this configuration; one sentence.</summary>
public sealed class CloudModelException(string message) : Exception(message);
