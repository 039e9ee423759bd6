using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace EdgeVision.Simulator.Hub;

/// <summary>Message properties in a topic: <c>k=v&amp;k=v</c>, each side percent-encoded; a key alone is null.</summary>
internal static class PropertyBag
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Stricter than edgeHub: what it may let pass in one way or another (a lone <c>%</c>, bytes that are no UTF-8) is refused here, so that a client learns of it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IReadOnlyDictionary<string, string?>? properties, [NotNullWhen(false)] out string? error)
    {
        properties = null;
        error = null;
        var bag = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (text.StartsWith('?')) text = text[1..];
        foreach (var pair in text.Length == 0 ? [] : text.Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var rawValue = equals < 0 ? null : pair[(equals + 1)..];
            string? value = null;
            if (!TryDecode(equals < 0 ? pair : pair[..equals], out var key) || (rawValue is not null && !TryDecode(rawValue, out value))) error = $"'{pair}' is not percent-encoded UTF-8";
            else if (rawValue?.Contains('=', StringComparison.Ordinal) == true) error = $"'{pair}' has two equal signs; one of a value is %3D";
            else if (key.Length == 0) error = $"'{pair}' has no name";
            else if (!bag.TryAdd(key, value)) error = $"property '{key}' is given twice";
            if (error is not null) return false;
        }

        properties = bag;
        return true;
    }

    public static string Encode(IEnumerable<KeyValuePair<string, string?>> properties) =>
        string.Join('&', properties.Select(p => p.Value is null ? Uri.EscapeDataString(p.Key) : $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));

    private static bool TryDecode(string text, [NotNullWhen(true)] out string? decoded)
    {
        decoded = null;
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                var rune = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? text.AsSpan(i++, 2) : text.AsSpan(i, 1);
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])) return false;
            bytes.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
            i += 2;
        }

        try
        {
            decoded = Strict.GetString([.. bytes]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
