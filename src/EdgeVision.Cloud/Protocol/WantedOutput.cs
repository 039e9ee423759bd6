namespace EdgeVision.Cloud.Protocol;

/// <summary>An output that a request asks for.</summary>
/// <param name="Name">Of the model's output.</param>
/// <param name="IsBinary">Behind the JSON instead of in it; null for what the request says as a whole.</param>
internal sealed record WantedOutput(string Name, bool? IsBinary);
