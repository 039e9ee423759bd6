using System.Globalization;
using System.Text;

namespace EdgeVision.Models;

/// <summary>
/// Reads class names as Ultralytics and YOLOv5 write them into ONNX metadata: a Python dict <c>{0: 'person', 1: "it's"}</c> or list
/// <c>['person', 'car']</c>, also as JSON. Nothing else of Python: no arithmetic, no bytes, no nesting. The text comes from outside.
/// </summary>
internal static class PythonNames
{
    public const int MaxCharacters = 1 << 20;

    /// <summary>Class ids ascending, each once, each with a label of 1 to <see cref="ModelLabels.MaxLength"/> characters.</summary>
    public static bool TryParse(string text, out IReadOnlyList<KeyValuePair<int, string>> names)
    {
        names = [];
        if (text.Length > MaxCharacters) return false;
        var found = new SortedDictionary<int, string>();
        var at = 0;
        SkipSpace(text, ref at);
        if (at >= text.Length || text[at] is not ('{' or '[')) return false;
        var (isDictionary, close) = text[at++] == '{' ? (true, '}') : (false, ']');
        while (true)
        {
            SkipSpace(text, ref at);
            if (Take(text, ref at, close)) break;
            var id = found.Count;
            if (isDictionary && !(TryReadId(text, ref at, out id) && TakeSpaced(text, ref at, ':'))) return false;
            SkipSpace(text, ref at);
            if (!TryReadText(text, ref at, out var label) || !IsLabel(label)) return false;
            if (found.Count >= ModelManifest.MaxLabels || !found.TryAdd(id, label)) return false;
            SkipSpace(text, ref at);
            if (Take(text, ref at, ',')) continue;
            if (!Take(text, ref at, close)) return false;
            break;
        }

        SkipSpace(text, ref at);
        if (at != text.Length || found.Count == 0) return false;
        names = [.. found];
        return true;
    }

    private static bool IsLabel(string label) => label.Length <= ModelLabels.MaxLength && !string.IsNullOrWhiteSpace(label) && !label.Any(char.IsControl);

    private static bool TryReadId(string text, ref int at, out int id)
    {
        id = 0;
        var quoted = at < text.Length && text[at] is '\'' or '"' ? text[at] : '\0';
        if (quoted != '\0') at++;
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]) && at - start < 9) at++;
        return at > start && int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out id)
            && (quoted == '\0' || Take(text, ref at, quoted));
    }

    private static bool TryReadText(string text, ref int at, out string value)
    {
        value = "";
        if (at >= text.Length || text[at] is not ('\'' or '"')) return false;
        var quote = text[at++];
        var result = new StringBuilder();
        while (at < text.Length && result.Length <= ModelLabels.MaxLength)
        {
            var c = text[at++];
            if (c == quote)
            {
                value = result.ToString();
                return true;
            }

            if (c == '\\' && !TryReadEscape(text, ref at, out c)) return false;
            result.Append(c);
        }

        return false;
    }

    /// <summary>repr() writes letters as they are and escapes quotes, backslashes and what cannot be printed.</summary>
    private static bool TryReadEscape(string text, ref int at, out char value)
    {
        value = '\0';
        if (at >= text.Length) return false;
        var digits = 0;
        switch (text[at++])
        {
            case '\\': value = '\\'; return true;
            case '\'': value = '\''; return true;
            case '"': value = '"'; return true;
            case '/': value = '/'; return true;
            case 'x': digits = 2; break;
            case 'u': digits = 4; break;
        }

        if (digits == 0 || at + digits > text.Length
            || !ushort.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || char.IsSurrogate((char)code)) return false;
        (value, at) = ((char)code, at + digits);
        return true;
    }

    private static bool TakeSpaced(string text, ref int at, char wanted)
    {
        SkipSpace(text, ref at);
        return Take(text, ref at, wanted);
    }

    private static bool Take(string text, ref int at, char wanted)
    {
        if (at >= text.Length || text[at] != wanted) return false;
        at++;
        return true;
    }

    private static void SkipSpace(string text, ref int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r') at++;
    }
}
