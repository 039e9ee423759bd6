using System.Text.RegularExpressions;

namespace EdgeVision.Capture;

/// <summary>Hides credentials of a camera URI wherever one is shown: user:password@ and values that look like secrets.</summary>
public static partial class CameraUriMask
{
    public static string Apply(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        // What follows "//" up to the last '@' before the path or query may hold a password with ':' and '@' of its own.
        return SecretValue().Replace(UserInfo().Replace(uri, "//***@"), "$1=***");
    }

    [GeneratedRegex("//.*@", RegexOptions.Singleline)]
    private static partial Regex UserInfo();

    [GeneratedRegex("([?&][^=&]*(?:pass|pwd|token|key|sig|secret|auth|user)[^=&]*)=[^&]*", RegexOptions.IgnoreCase)]
    private static partial Regex SecretValue();
}
