using EdgeVision.Configuration;
using EdgeVision.Frames;

namespace EdgeVision;

/// <summary>The password of the user in a camera's address; it never stands in the address itself, which is logged, hashed and mailed around (ADR 0005).</summary>
/// <param name="Password">From the environment; never shown. Null for none.</param>
/// <param name="PasswordFile">Full path; read each time the camera is opened, so that it can be changed while the node runs.</param>
public sealed record CameraLogin(string? Password, string? PasswordFile)
{
    /// <summary>Begins what <c>edgevision secret encrypt</c> writes; what follows is the module's own affair.</summary>
    public const string EncryptedPrefix = "edgevision-encrypted:";

    /// <summary>Longer first lines are no password, encrypted or not.</summary>
    private const int MaxLength = 4096;

    /// <summary>Makes the password of what <c>edgevision secret encrypt</c> wrote: the text, or null with a sentence. Null where there is no IoT Edge runtime that could.</summary>
    public Func<string, (string? Password, string? Error)>? Decrypt { get; init; }

    /// <summary>For cameras that ask for nothing.</summary>
    public static CameraLogin None { get; } = new(null, null);

    /// <summary>Keys of one camera's section.</summary>
    /// <param name="options">The section.</param>
    /// <param name="uri">Its address; not necessarily a valid one.</param>
    public static CameraLogin Read(OptionsReader options, string uri)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(uri);
        var login = new CameraLogin(
            options.Secret("Password", "PasswordFile", "Password of the user in Uri (`rtsp://user@host/stream`)."),
            options.FilePath("PasswordFile", "File that holds the password of the user in Uri in its first line; read again each time the camera is opened."));
        var (hasUser, hasPassword) = Credentials(uri);
        if (hasPassword && !options.IsFromEnvironment("Uri"))
            options.Refuse("Uri", $"'{Scheme(uri)}://***' carries a password, which every process and log could read; leave the user alone in it ({Scheme(uri)}://user@host/…) and put the password into a file (PasswordFile) or into {options.EnvironmentVariable("Password")}.");
        if (login == None) return login;
        if (login.Password is not null && login.PasswordFile is not null) options.Refuse("PasswordFile", "is set, and so is the password in the environment; keep one of them.");
        if (hasPassword) options.Refuse("Uri", "carries a password, and another one is set; keep one of them.");
        else if (!hasUser) options.Refuse("Uri", "names no user, but a password is set; write the user into the address: rtsp://user@host/….");
        return login;
    }

    /// <summary>The password now; null for none.</summary>
    /// <exception cref="CaptureException">The file cannot be read.</exception>
    public string? Find()
    {
        if (PasswordFile is not { } path) return Password;
        try
        {
            if (RegularFile.Otherwise(path) is { } other) throw new CaptureException($"PasswordFile '{path}' is {other}, a file was expected; put the password into the first line of a regular file.");
            using var reader = new StreamReader(path);
            var line = reader.ReadLine() ?? "";
            if (line.StartsWith(EncryptedPrefix, StringComparison.Ordinal)) return Decrypted(path, line);
            return line.Length is > 0 and <= MaxLength ? line : throw new CaptureException($"PasswordFile '{path}' has {(line.Length == 0 ? "nothing" : "too much")} in its first line; put the password there.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException($"PasswordFile '{path}' cannot be read ({e.Message.TrimEnd('.')}); put the password into its first line and let this user read it.", e);
        }
    }

    private string Decrypted(string path, string line)
    {
        if (Decrypt is null)
            throw new CaptureException($"PasswordFile '{path}' holds an encrypted password, which only the IoT Edge runtime it was encrypted with can read; run as its module, or put the password itself there.");
        var (password, error) = Decrypt(line);
        return password ?? throw new CaptureException($"PasswordFile '{path}': {error}");
    }

    /// <summary>The compiler's version would print the password.</summary>
    public override string ToString() => this == None ? "no password" : "password ***";

    private static string Scheme(string uri) => uri[..uri.IndexOf(':', StringComparison.Ordinal)].Trim();

    /// <summary>Only of addresses with a host; a file's path has no users.</summary>
    private static (bool HasUser, bool HasPassword) Credentials(string uri)
    {
        var slashes = uri.IndexOf("://", StringComparison.Ordinal);
        if (slashes <= 0) return (false, false);
        var end = uri.AsSpan(slashes + 3).IndexOfAny('/', '?', '#');
        var authority = end < 0 ? uri.AsSpan(slashes + 3) : uri.AsSpan(slashes + 3, end);
        var at = authority.LastIndexOf('@');
        return (at >= 0, at >= 0 && authority[..at].Contains(':'));
    }
}
