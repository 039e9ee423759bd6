namespace EdgeVision.Module.Health;

/// <summary>A family of figures: what docs/operations.md lists and `/metrics` writes.</summary>
/// <param name="Name">Without the prefix <c>edgevision_</c>.</param>
/// <param name="Kind">Of Prometheus: counter, gauge or histogram.</param>
/// <param name="Labels">Beside those that every figure has.</param>
/// <param name="Help">One sentence.</param>
internal sealed record Metric(string Name, string Kind, string Labels, string Help);
