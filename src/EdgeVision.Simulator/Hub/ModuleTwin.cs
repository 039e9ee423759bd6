using System.Text.Json.Nodes;

namespace EdgeVision.Simulator.Hub;

/// <summary>Desired and reported properties with their versions. Any thread.</summary>
internal sealed class ModuleTwin
{
    private readonly Lock _gate = new();
    private readonly JsonObject _desired = [];
    private readonly JsonObject _reported = [];
    private long _desiredVersion = 1;
    private long _reportedVersion = 1;

    /// <summary><c>{"desired":{…,"$version":n},"reported":{…,"$version":m}}</c>; the caller's own copy.</summary>
    public JsonObject Read()
    {
        lock (_gate) return new JsonObject { ["desired"] = Versioned(_desired, _desiredVersion), ["reported"] = Versioned(_reported, _reportedVersion) };
    }

    /// <summary>Merges a patch; the new version, or in <paramref name="error"/> why it is refused.</summary>
    public long? Report(JsonNode? patch, out string? error) => Merge(_reported, ref _reportedVersion, patch, out error);

    /// <inheritdoc cref="Report"/>
    public long? Desire(JsonNode? patch, out string? error) => Merge(_desired, ref _desiredVersion, patch, out error);

    public static JsonObject Versioned(JsonObject properties, long version)
    {
        var copy = (JsonObject)properties.DeepClone();
        copy["$version"] = version;
        return copy;
    }

    private long? Merge(JsonObject target, ref long version, JsonNode? patch, out string? error)
    {
        error = TwinRules.Refusal(patch);
        if (error is not null) return null;
        lock (_gate)
        {
            var merged = (JsonObject)target.DeepClone();
            Merge(merged, (JsonObject)patch!);
            error = TwinRules.RefusalOfWhole(merged);
            if (error is not null) return null;
            target.Clear();
            foreach (var name in merged.Select(p => p.Key).ToList())
            {
                var value = merged[name];
                merged.Remove(name);
                target[name] = value;
            }

            return ++version;
        }
    }

    /// <summary>JSON merge patch (RFC 7396): objects merge, null deletes, anything else replaces.</summary>
    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject inner)
            {
                if (target[name] is not JsonObject into) target[name] = into = [];
                Merge(into, inner);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }
}
