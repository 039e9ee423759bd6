using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeVision.Simulator;

/// <summary>An HTTP call, read to its end.</summary>
/// <param name="Path">Segments, each percent-decoded by itself, so that an id may hold a slash.</param>
/// <param name="Query">Decoded; of two equal names the first counts.</param>
internal sealed record Call(string Method, string[] Path, IReadOnlyDictionary<string, string> Query, string? ContentType, byte[] Body)
{
    /// <summary>False when the body is there and no JSON; null when it is empty.</summary>
    public bool TryReadJson(out JsonNode? json)
    {
        json = null;
        if (Body.All(b => b is (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t')) return true;
        try
        {
            json = JsonNode.Parse(Body);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <param name="target">As on the request line: path and query.</param>
    public static (string[] Path, IReadOnlyDictionary<string, string> Query) Split(string target)
    {
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = (mark < 0 ? target : target[..mark]).Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < path.Length; i++) path[i] = Uri.UnescapeDataString(path[i]);
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in mark < 0 ? [] : target[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            query.TryAdd(Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals]), equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]));
        }

        return (path, query);
    }

    public string Text => Encoding.UTF8.GetString(Body);
}
