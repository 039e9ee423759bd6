namespace EdgeVision.Capture;

/// <summary>
/// Hides credentials of a camera URI wherever one is shown: user:password@ and values whose key looks like a secret. Works on whatever people
/// type, URI or not, and in doubt hides more, because passwords hold '@', '/', '?' and '&amp;' that nobody encoded; but a path of file: or
/// dir: stays readable, '@' and all. Shows one line, and takes time linear in the length.
/// </summary>
public static class CameraUriMask
{
    private const string Hidden = "***";

    /// <summary>Parts of keys whose value is not shown.</summary>
    private static readonly string[] SecretWords = ["pass", "pwd", "token", "key", "sig", "secret", "auth", "cred", "user"];

    /// <summary>What follows these is no host.</summary>
    private static readonly string[] LocalSchemes = ["file", "dir", "test", "v4l2", "opencv"];

    public static string Apply(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var colon = uri.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon > 0 && CameraUri.IsScheme(uri.AsSpan(0, colon)) ? colon + 1 : 0;
        var isPipeline = CameraUri.IsPipeline(uri);
        var isLocal = scheme > 0 && !isPipeline && LocalSchemes.Contains(uri[..colon], StringComparer.OrdinalIgnoreCase);
        var hide = new bool[uri.Length];

        var authority = isLocal ? AuthorityOfPath(uri, scheme) : AfterSlashes(uri, scheme);
        if (authority >= 0) hide.AsSpan(authority, Math.Max(0, uri.LastIndexOf('@') - authority)).Fill(true);

        // GStreamer's elements take user-id=… and user-pw=… between blanks.
        // Some recorders take user and password in the path: rtsp://host/user=admin&password=…&channel=1.
        var query = isLocal ? uri.IndexOf('?', StringComparison.Ordinal) : scheme;
        if (query >= 0) HideSecretValues(uri, query, hide, isPipeline ? "?&/;#! \t\"'" : "?&/;#");
        return Render(uri, hide);
    }

    private static int AfterSlashes(string uri, int start)
    {
        while (start < uri.Length && uri[start] == '/') start++;
        return start;
    }

    /// <summary>A path has an authority only where somebody wrote a host before it, or another address in its place; -1 without one.</summary>
    private static int AuthorityOfPath(string uri, int start)
    {
        if (uri.AsSpan(start).StartsWith("//") && !uri.AsSpan(start).StartsWith("///")) return start + 2;
        var nested = uri.IndexOf("://", start, StringComparison.Ordinal);
        return nested < 0 ? -1 : nested + 3;
    }

    private static void HideSecretValues(string uri, int start, bool[] hide, string separators)
    {
        var inSecret = false;
        while (start < uri.Length)
        {
            var length = uri.AsSpan(start).IndexOfAny(separators);
            var end = length < 0 ? uri.Length : start + length;
            var equals = uri.AsSpan(start..end).IndexOf('=');
            if (equals > 0)
            {
                inSecret = IsSecret(uri.AsSpan(start, equals));
                start += equals + 1;
                // Only '&' ends a secret: the other separators may be part of it.
                if (inSecret) end = uri.IndexOf('&', start);
                if (end < 0) end = uri.Length;
            }

            // A part without a key behind a secret is the rest of it: an '&' may have been in it too.
            if (inSecret) hide.AsSpan(start..end).Fill(true);
            start = end + 1;
        }
    }

    private static bool IsSecret(ReadOnlySpan<char> key)
    {
        var plain = Uri.UnescapeDataString(key);
        return SecretWords.Any(word => plain.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>On one line: a text from outside must not write lines of its own into a log.</summary>
    private static string Render(string uri, bool[] hide)
    {
        var shown = new System.Text.StringBuilder(uri.Length + Hidden.Length);
        for (var i = 0; i < uri.Length; i++)
        {
            if (!hide[i]) shown.Append(char.IsControl(uri[i]) ? '?' : uri[i]);
            else if (i == 0 || !hide[i - 1]) shown.Append(Hidden);
        }

        return shown.ToString();
    }
}
