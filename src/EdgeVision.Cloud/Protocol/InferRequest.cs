namespace EdgeVision.Cloud.Protocol;

/// <summary>One call of <c>infer</c>.</summary>
/// <param name="Id">Comes back in the answer; null for none.</param>
/// <param name="Inputs">At least one.</param>
/// <param name="Outputs">Empty for all.</param>
/// <param name="IsBinary">Outputs come behind the JSON, unless one says otherwise.</param>
internal sealed record InferRequest(string? Id, IReadOnlyList<Tensor> Inputs, IReadOnlyList<WantedOutput> Outputs, bool IsBinary);
