using System.Text.Json.Nodes;

namespace EdgeVision.Simulator.Hub;

/// <summary>What came of a direct method.</summary>
/// <param name="Status">The module's; 504 when it did not answer.</param>
internal sealed record MethodAnswer(int Status, JsonNode? Payload)
{
    public const int NoAnswer = 504;
}
