using System.Text;
using System.Text.Json.Nodes;

namespace EdgeVision.Simulator.Hub;

/// <summary>What IoT Hub and edgeHub demand of twin properties.</summary>
internal static class TwinRules
{
    /// <summary>Of the desired or the reported section as a whole.</summary>
    public const int MaxBytes = 32 * 1024;

    private const int MaxNameBytes = 1024;
    private const int MaxTextBytes = 4096;
    private const int MaxDepth = 10;
    private const long MaxInteger = 1L << 52;

    /// <summary>Null when a patch may be merged.</summary>
    public static string? Refusal(JsonNode? patch) => patch is JsonObject properties ? Refusal(properties, 1) : "a twin patch must be a JSON object";

    public static string? RefusalOfWhole(JsonObject properties)
    {
        var bytes = Encoding.UTF8.GetByteCount(properties.ToJsonString());
        return bytes > MaxBytes ? $"the properties would take {bytes} bytes; {MaxBytes} are allowed" : null;
    }

    private static string? Refusal(JsonObject properties, int depth)
    {
        if (depth > MaxDepth) return $"properties are nested deeper than {MaxDepth}";
        foreach (var (name, value) in properties)
        {
            if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > MaxNameBytes) return $"a property name has 1 to {MaxNameBytes} bytes";
            if (name.Any(c => c is '.' or '$' or ' ' or '#' || char.IsControl(c))) return $"property name '{name}' has one of . $ # space or a control character";
            if (value is JsonObject inner && Refusal(inner, depth + 1) is { } refusal) return refusal;
            if (value is JsonValue leaf && Refusal(name, leaf) is { } wrong) return wrong;
        }

        return null;
    }

    private static string? Refusal(string name, JsonValue value)
    {
        if (value.TryGetValue<string>(out var text) && Encoding.UTF8.GetByteCount(text) > MaxTextBytes) return $"the text of '{name}' is longer than {MaxTextBytes} bytes";
        return value.TryGetValue<long>(out var number) && number is > MaxInteger or < -MaxInteger ? $"{name} = {number} is beyond ±2^52" : null;
    }
}
