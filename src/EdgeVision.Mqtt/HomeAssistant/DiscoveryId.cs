using System.Security.Cryptography;
using System.Text;
using EdgeVision.Events;

namespace EdgeVision.Mqtt.HomeAssistant;

/// <summary>
/// Ids that Home Assistant takes as levels of discovery topics, <c>[a-zA-Z0-9_-]+</c>: different parts make different ids, and the same parts the same id
/// for ever, whatever else there is.
/// </summary>
/// <remarks>
/// Two underscores stand between parts. A part that could be mistaken, or holds something else, is cleaned and gets three underscores and a hash of what it was.
/// Because no part begins or ends with an underscore or holds two of them, every id can be taken apart again, but for two texts that are the same when cleaned
/// and have the same 48 bits of hash.
/// </remarks>
internal static class DiscoveryId
{
    private const string Separator = "__";
    private const string HashMark = "___";
    private const int HashBytes = 6;

    /// <summary>Characters of a cleaned part: labels may be sentences.</summary>
    private const int MaxCleanLength = EntityName.MaxLength;

    public static string Of(params ReadOnlySpan<string> parts)
    {
        var id = new StringBuilder();
        foreach (var part in parts)
        {
            if (id.Length > 0) id.Append(Separator);
            var clean = Clean(part);
            id.Append(clean);
            if (clean != part) id.Append(HashMark).Append(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(part)).AsSpan(0, HashBytes)));
        }

        return id.ToString();
    }

    /// <summary>The part itself when nothing about it can be mistaken.</summary>
    private static string Clean(string part)
    {
        var clean = new StringBuilder(part.Length);
        foreach (var c in part)
        {
            if (clean.Length == MaxCleanLength) break;
            if (char.IsAsciiLetterOrDigit(c) || c == '-') clean.Append(c);
            else if (c != '_') clean.Append('-');
            else if (clean.Length > 0 && clean[^1] != '_') clean.Append('_');
        }

        if (clean.Length > 0 && clean[^1] == '_') clean.Length--;
        return clean.Length == 0 ? "x" : clean.ToString();
    }
}
