namespace EdgeVision.Capture.Ffmpeg;

/// <summary>Turns ffmpeg's last words into one sentence with the fix.</summary>
internal static class FfmpegComplaint
{
    private const string CheckFile = "check that the whole file is there and that ffprobe can read it";
    private const string OtherLogin = "check the user in the address and the camera's PasswordFile";

    /// <summary>
    /// What stands in a line (all words of it), what happened, what to do. The first that fits any line counts: from precise to general, because
    /// ffmpeg says the cause first and then, in general words, that it did not work. Texts of ffmpeg 5.1 to 7.1; real ones are in the tests.
    /// </summary>
    private static readonly (string[] Words, string What, string Do)[] Table =
    [
        (["Peer certificate failed verification"], "{host} has a certificate that nobody here trusts", "add the authority that signed it to the system's, or write #verify=false behind the address of a camera that signs its own"),
        (["unexpected TLS packet"], "{host} does not speak TLS there", "write the address with rtsp:// or http://, or name the port that is encrypted"),
        (["Format not on whitelist"], "{host} sent a list of other addresses or files", "name the stream or file itself"),
        (["not on whitelist"], "{host} sends to an address of a kind that a camera has no use for", "name the address of the stream itself"),
        (["461 Unsupported"], "{host} does not send by this transport", "try the other one: #transport=udp or #transport=tcp behind the address"),
        (["404 Not Found"], "{host} has no such stream", "check the path behind the host; the camera's manual or its ONVIF page tells it"),
        (["403 Forbidden"], "{host} lets this user not see the stream", "give the user the right to view it in the camera, or name another user"),
        (["453 Not Enough"], "{host} has no bandwidth left for one more viewer", "close another viewer, or name the camera's smaller stream"),
        (["454 Session"], "{host} has no picture to send there, or ended the session", "name an address with a picture"),
        (["Server returned 4XX"], "{host} refuses this address", "check the path behind the host; the camera's manual or its ONVIF page tells it"),
        (["Server returned 5XX"], "{host} has a fault of its own", "restart the camera, and look at its log"),
        (["503 Service"], "{host} has no room for one more viewer, or no picture", "close another viewer, or restart the camera"),
        (["500 Internal"], "{host} has a fault of its own", "restart the camera, and look at its log"),
        (["400 Bad Request"], "{host} does not understand the address", "check the path behind the host"),
        (["Failed to resolve hostname"], "the name {host} is not known here", "check the name, or write the camera's IP address"),
        (["Connection refused"], "nothing listens at {host}", "check that the camera is on, and address and port"),
        (["No route to host"], "there is no way to {host}", "check the network cable and that camera and node are in the same network"),
        (["Network is unreachable"], "there is no way to {host}", "check the node's network"),
        (["Connection reset"], "{host} broke the connection", "check the camera's number of viewers and its power"),
        (["timed out"], "{host} does not answer", "check that the camera is on and that no firewall stands between"),
        (["No device available for decoder"], "there is no hardware decoder hwaccel={hwaccel} here", "install its driver, or leave hwaccel away"),
        (["Device setup failed"], "the hardware decoder hwaccel={hwaccel} cannot be opened", "pass its device into the container (/dev/dri, /dev/video10 …), install its driver, or leave hwaccel away"),
        (["Could not find a valid device"], "there is no hardware decoder hwaccel={hwaccel} here", "install its driver, or leave hwaccel away"),
        (["Unrecognized hwaccel"], "this ffmpeg has no hardware decoder hwaccel={hwaccel}", "install one that has it, or leave hwaccel away"),
        (["Unrecognized option"], "this ffmpeg is too old or too new", "install ffmpeg 5.1 or later (apt-get install ffmpeg)"),
        (["Unknown keyword 'option'"], "this ffmpeg is too old", "install ffmpeg 5.1 or later (apt-get install ffmpeg)"),
        (["matches no streams"], "there is no video in it", "name an address or file with a picture"),
        (["moov atom not found"], "the file's end, where its table is, is missing", CheckFile),
        (["Unsupported codec"], "this ffmpeg cannot decode its codec", "set the camera to H.264, or install an ffmpeg with that decoder"),
        (["Decoder", "not found"], "this ffmpeg cannot decode its codec", "set the camera to H.264, or install an ffmpeg with that decoder"),
        (["no decoder"], "this ffmpeg cannot decode its codec", "set the camera to H.264, or install an ffmpeg with that decoder"),
        (["Could not find codec parameters"], "it says too little about its picture to decode it", "check that ffprobe shows a picture"),
        (["No such file or directory"], "there is no such file", "name an existing one"),
        (["Permission denied"], "this user may not read it", "make it readable (chmod a+r)"),
        (["Is a directory"], "it is a folder", "name a file in it, or write dir: for a folder of pictures"),
        (["Invalid data found"], "it is no video that ffmpeg knows", "check that ffprobe can read it"),
        (["Cannot allocate memory"], "there is not enough memory to decode it", "name a smaller stream of the camera"),
    ];

    /// <param name="request">What was played.</param>
    /// <param name="complaints">The last lines of errors, as they came.</param>
    /// <param name="exitCode">How it ended; null when it is not known.</param>
    /// <param name="secret">The password, to be hidden; null for none.</param>
    /// <returns>A sentence without credentials.</returns>
    public static string Explain(FfmpegRequest request, IReadOnlyCollection<string> complaints, int? exitCode, string? secret)
    {
        var (what, fix) = Find(request, complaints, exitCode, secret);
        return $"'{request}': {what}; {fix}.";
    }

    private static (string What, string Fix) Find(FfmpegRequest request, IReadOnlyCollection<string> complaints, int? exitCode, string? secret)
    {
        if (request.Address is { } address && complaints.Any(static line => line.Contains("401 Unauthorized", StringComparison.OrdinalIgnoreCase)))
        {
            return secret is not null || address.HasPassword
                ? ($"{address.Host} does not know this user and password", OtherLogin)
                : ($"{address.Host} wants user and password", "write the user into the address (rtsp://USER@host/…) and the password into a file named in the camera's PasswordFile, or into the environment as EDGEVISION__CAMERAS__<NAME>__PASSWORD");
        }

        foreach (var (words, what, fix) in Table)
        {
            // hwaccel=auto complains of each decoder that is not there, and goes on without.
            if (request.Options.HardwareDecoder is null or "auto" && what.Contains("{hwaccel}", StringComparison.Ordinal)) continue;
            if (complaints.Any(line => words.All(word => line.Contains(word, StringComparison.OrdinalIgnoreCase)))) return (Fill(what, request), fix);
        }

        if (exitCode is 137) return ("ffmpeg was killed from outside (signal 9)", "look whether the machine is short of memory (dmesg), and name a smaller stream");
        var last = complaints.LastOrDefault();
        var said = last is null ? "without a word" : $"saying '{Mask(last, secret)}'";
        return ($"ffmpeg ended{(exitCode is { } code ? $" with code {code}" : "")}, {said}", "check that ffprobe can read it");
    }

    private static string Fill(string text, FfmpegRequest request) => text
        .Replace("{host}", request.Address?.Host ?? request.Path, StringComparison.Ordinal)
        .Replace("{hwaccel}", request.Options.HardwareDecoder ?? "off", StringComparison.Ordinal);

    /// <summary>Addresses without their credentials, on one line. ffmpeg repeats what it was told, and servers send addresses of their own.</summary>
    internal static string Mask(string line, string? secret)
    {
        var words = line.Split(' ');
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i].Contains("://", StringComparison.Ordinal)) words[i] = CameraUriMask.Apply(words[i]);
        }

        var shown = string.Concat(string.Join(' ', words).Select(static c => char.IsControl(c) ? '?' : c));
        if (secret is not { Length: > 0 }) return shown;
        return shown.Replace(secret, "***", StringComparison.Ordinal).Replace(Uri.EscapeDataString(secret), "***", StringComparison.OrdinalIgnoreCase);
    }
}
