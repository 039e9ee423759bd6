using System.Text.Json.Nodes;

namespace EdgeVision.IntegrationTests.Module.Live;

/// <summary>Random damage to a configuration, of the kinds that people and programs do.</summary>
internal static class Garble
{
    public static void Once(JsonObject root, Random random)
    {
        var at = root;
        while (random.Next(3) > 0 && at.Select(p => p.Value).OfType<JsonObject>().ToList() is { Count: > 0 } below) at = below[random.Next(below.Count)];
        var name = at.Count > 0 && random.Next(4) > 0 ? at.ElementAt(random.Next(at.Count)).Key : new string((char)random.Next(32, 0x2fff), random.Next(1, 40));
        at[name] = random.Next(11) switch
        {
            0 => null,
            1 => random.Next(-10, 1000),
            2 => random.NextDouble() * 1e300,
            3 => "",
            4 => new string('x', random.Next(1, 5000)),
            5 => new JsonArray(1, "a", null),
            6 => new JsonObject { ["a"] = new JsonObject() },
            7 => true,
            8 => "../../../etc/passwd\0",
            9 => at[name]?.DeepClone(),
            _ => "rtsp://user:password@host/",
        };
    }
}
