using System.Globalization;
using System.Text.Json;
using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

/// <summary>What events say about losses, as a consumer reads it.</summary>
public static class OutboxLosses
{
    public sealed record Told(string Kind, long Count, string? Family, long From, long To);

    public static IReadOnlyList<Told> Of(IEnumerable<OutboxEntry> events) => [.. events.Select(Read).OfType<Told>()];

    private static Told? Read(OutboxEntry entry)
    {
        using var body = JsonDocument.Parse(entry.Body);
        var data = body.RootElement.GetProperty("data");
        if (!data.TryGetProperty("count", out var count)) return null;
        return new Told(
            data.GetProperty("kind").GetString()!, count.GetInt64(), data.TryGetProperty("family", out var family) ? family.GetString() : null, Sequence(data, "from"), Sequence(data, "to"));
    }

    private static long Sequence(JsonElement data, string name) => data.TryGetProperty(name, out var value) ? long.Parse(value.GetString()!, CultureInfo.InvariantCulture) : 0;
}
