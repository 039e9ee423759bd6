namespace EdgeVision.Capture.Ffmpeg;

/// <summary>
/// The address of a stream, checked so far that nothing in it can pass for something else: one host, perhaps a user, no password (those come
/// from the environment or a file), nothing that ends a line.
/// </summary>
public sealed class VideoAddress
{
    /// <summary>Names of files: what ends so is recorded.</summary>
    private static readonly string[] Recordings = [".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".flv", ".wmv", ".mpg", ".mpeg", ".ogv", ".3gp"];

    private readonly string _scheme;
    private readonly string _userInfo;
    private readonly string _rest;

    private VideoAddress(string scheme, string userInfo, string host, string rest) => (_scheme, _userInfo, Host, _rest) = (scheme, userInfo, host, rest);

    /// <summary>Host and port, as written.</summary>
    public string Host { get; }

    public bool IsRtsp => _scheme is "rtsp" or "rtsps";

    public bool IsEncrypted => _scheme is "rtsps" or "https";

    /// <summary>The address itself carries a password: somebody put the whole of it into the environment.</summary>
    public bool HasPassword => _userInfo.Contains(':', StringComparison.Ordinal);

    public bool HasUser => _userInfo.Length > 0;

    /// <summary>By the name it ends in; what has another name is taken for live.</summary>
    internal bool LooksRecorded
    {
        get
        {
            var end = _rest.IndexOf('?', StringComparison.Ordinal);
            var path = end < 0 ? _rest : _rest[..end];
            return Recordings.Any(name => path.EndsWith(name, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>With credentials: for ffmpeg's ears only.</summary>
    /// <param name="password">As people know it, unescaped; null for none.</param>
    /// <exception cref="InvalidOperationException">There is no user that it could belong to.</exception>
    public string WithPassword(string? password)
    {
        if (password is null) return $"{_scheme}://{(HasUser ? _userInfo + "@" : "")}{Host}{_rest}";
        if (!HasUser || HasPassword) throw new InvalidOperationException("A password belongs to a user without one.");
        return $"{_scheme}://{_userInfo}:{Uri.EscapeDataString(password)}@{Host}{_rest}";
    }

    /// <summary>For people; holds no credentials.</summary>
    public override string ToString() => CameraUriMask.Apply($"{_scheme}://{(HasUser ? _userInfo + "@" : "")}{Host}{_rest}");

    /// <param name="scheme">Lower case.</param>
    /// <param name="body">Behind the colon, without the fragment.</param>
    /// <param name="query">Takes the mistake.</param>
    internal static VideoAddress? Parse(string scheme, string body, CameraUriQuery query)
    {
        if (!body.StartsWith("//", StringComparison.Ordinal)) query.Refuse($"the host is missing; write {scheme}://host/path");
        if (body.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c) || char.IsSurrogate(c))) query.Refuse("it holds a blank or a control character; write %20 for a blank");
        if (query.Error is not null) return null;

        var end = body.AsSpan(2).IndexOfAny('/', '?');
        var authority = end < 0 ? body[2..] : body[2..(end + 2)];
        var rest = end < 0 ? "/" : body[(end + 2)..];
        var at = authority.LastIndexOf('@');
        var (user, host) = at < 0 ? ("", authority) : (authority[..at], authority[(at + 1)..]);
        // Also where a password held a slash: what stands before it then is no host with a port.
        if (!IsHost(host)) query.Refuse("what stands where host:port belongs is none; percent-encode what a user or password holds of / ? # @ :");
        if (user.StartsWith(':') || user.Count(static c => c == ':') > 1 || user.Contains('@', StringComparison.Ordinal)) query.Refuse("the user cannot be told from the password; percent-encode : as %3A and @ as %40");
        return query.Error is null ? new VideoAddress(scheme, user, host, rest) : null;
    }

    /// <summary>A name, an IPv4 address or [an IPv6 address], and perhaps a port.</summary>
    private static bool IsHost(string text)
    {
        var close = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = text.IndexOf(':', Math.Max(close, 0));
        var name = colon < 0 ? text : text[..colon];
        if (colon >= 0 && !(ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var port) && port > 0)) return false;
        return Uri.CheckHostName(name) is not UriHostNameType.Unknown;
    }
}
