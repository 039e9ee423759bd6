using System.Text;

namespace EdgeVision.Capture;

/// <summary>
/// Hides credentials of a camera URI wherever one is shown: user:password@ and values whose key looks like a secret. Works on whatever people
/// type, URI or not, and hides too much rather than too little: a password may hold '@', ':', '/', '?' of its own.
/// </summary>
public static class CameraUriMask
{
    private const string Hidden = "***";

    private static readonly string[] SecretWords = ["pass", "pwd", "token", "key", "sig", "secret", "auth", "cred", "user"];

    public static string Apply(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var at = IsLocalPath(uri) ? -1 : uri.LastIndexOf('@');
        if (at < 0) return MaskQuery(uri, afterSecret: false, out _);
        // Where '@' stands in a secret value, what follows it is the rest of that value.
        MaskQuery(uri[..at], afterSecret: false, out var inSecret);
        return $"{uri[..AfterScheme(uri)]}{Hidden}@{MaskQuery(uri[(at + 1)..], inSecret, out _)}";
    }

    /// <summary>file:, dir: and test: name no host, so an '@' in them is part of a name; only file://user@host is somebody's mistake.</summary>
    private static bool IsLocalPath(string uri)
    {
        var colon = uri.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || uri[..colon].ToLowerInvariant() is not ("file" or "dir" or "test")) return false;
        var body = uri.AsSpan(colon + 1);
        return !body.StartsWith("//", StringComparison.Ordinal) || body.StartsWith("///", StringComparison.Ordinal);
    }

    /// <summary>Length of "rtsp://" or "rtsp:"; 0 where the text begins with no scheme.</summary>
    private static int AfterScheme(string uri)
    {
        var colon = uri.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !CameraUri.IsScheme(uri.AsSpan(0, colon))) return 0;
        return uri.AsSpan(colon + 1).StartsWith("//", StringComparison.Ordinal) ? colon + 3 : colon + 1;
    }

    /// <param name="text">What is before the first separator is host and path, or the rest of a secret.</param>
    /// <param name="afterSecret">The text begins inside a secret value.</param>
    /// <param name="inSecret">The text ends inside a secret value.</param>
    private static string MaskQuery(string text, bool afterSecret, out bool inSecret)
    {
        var masked = new StringBuilder(text.Length);
        for (var start = 0; start <= text.Length;)
        {
            var length = text.AsSpan(start).IndexOfAny("?&;#");
            var end = length < 0 ? text.Length : start + length;
            if (start > 0) afterSecret = AppendPart(masked, text[start..end], afterSecret);
            else masked.Append(afterSecret ? Hidden : text[..end]);
            if (end < text.Length) masked.Append(text[end]);
            start = end + 1;
        }

        inSecret = afterSecret;
        return masked.ToString();
    }

    /// <summary>A part without '=' behind a secret is the rest of that secret.</summary>
    private static bool AppendPart(StringBuilder masked, string part, bool afterSecret)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            masked.Append(afterSecret && part.Length > 0 ? Hidden : part);
            return afterSecret;
        }

        var key = Uri.UnescapeDataString(part[..equals]);
        var isSecret = SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase));
        masked.Append(isSecret ? $"{part[..equals]}={Hidden}" : part);
        return isSecret;
    }
}
