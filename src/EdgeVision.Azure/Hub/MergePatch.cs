using System.Text.Json.Nodes;

namespace EdgeVision.Azure.Hub;

/// <summary>RFC 7396, the language of twins: objects merge, null removes, everything else replaces.</summary>
public static class MergePatch
{
    /// <summary>Changes <paramref name="target"/>; nothing of <paramref name="patch"/> becomes part of it.</summary>
    public static void Apply(JsonObject target, JsonObject patch)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(patch);
        foreach (var (name, value) in patch)
        {
            if (value is null) target.Remove(name);
            else if (value is not JsonObject section) target[name] = value.DeepClone();
            else
            {
                if (target[name] is not JsonObject below) target[name] = below = [];
                Apply(below, section);
            }
        }
    }

    /// <summary>The patch that makes <paramref name="to"/> of <paramref name="from"/>; empty when they are alike.</summary>
    /// <remarks>A property that is null in <paramref name="to"/> counts as one that is not there: a twin holds no nulls.</remarks>
    public static JsonObject Difference(JsonObject from, JsonObject to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var patch = new JsonObject();
        foreach (var (name, _) in from)
        {
            if (to[name] is null) patch[name] = null;
        }

        foreach (var (name, wanted) in to)
        {
            if (wanted is null) continue;
            if (wanted is JsonObject section && from[name] is JsonObject before)
            {
                var below = Difference(before, section);
                if (below.Count > 0) patch[name] = below;
            }
            else if (!JsonNode.DeepEquals(from[name], wanted))
            {
                // An object in the place of something else merges with nothing.
                patch[name] = wanted.DeepClone();
            }
        }

        return patch;
    }
}
