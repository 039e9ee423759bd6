using System.Text.RegularExpressions;

namespace EdgeVision.Module.Remote;

/// <summary>
/// Takes credentials out of text that leaves the node. Our own sentences hold none; a library's, or a camera's, may. Rather too much is masked than too little.
/// </summary>
internal static partial class LogMask
{
    private const string Mask = "***";

    public static string Apply(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal) || text.EndsWith('…')) text = UserInfo().Replace(text, $"$1{Mask}$2");
        text = Signature().Replace(text, $"$1 {Mask}");
        return Assignment().Replace(text, $"$1{Mask}");
    }

    /// <summary>Everything from the scheme to the last @ of the word, for a password may hold any character; or to the end of a line that was cut before its @ came.</summary>
    [GeneratedRegex("""([A-Za-z][A-Za-z0-9+.\-]{0,30}://)[^\s"'<>]*(@|…$)""", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    [GeneratedRegex("""\b(SharedAccessSignature|Bearer|Basic)\s+[A-Za-z0-9%=&._~+/\-]{8,}""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Signature();

    /// <summary>name=value, name: value, "name":"value".</summary>
    [GeneratedRegex(
        """((?:access_?key|account_?key|private_?key|api[_\-]?key|\bsig|signature|pass(?:word|wd|phrase)|\b(?:pass|psw|auth)(?==)|\bpwd|token|secret|authorization)["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s&;,"']+)""",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Assignment();
}
