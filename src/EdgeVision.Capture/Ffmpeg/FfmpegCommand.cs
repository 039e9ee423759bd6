using System.Globalization;
using System.Text;

namespace EdgeVision.Capture.Ffmpeg;

/// <summary>
/// The command line of ffmpeg and what it is told on its standard input. An address goes there, as a list of one entry: a command line is
/// readable for every user of the machine, and a password would stand in it.
/// </summary>
/// <param name="Arguments">Without the program; hold no address of a stream.</param>
/// <param name="Input">For its standard input; holds credentials. Empty for a file.</param>
internal sealed record FfmpegCommand(IReadOnlyList<string> Arguments, string Input)
{
    /// <summary>Of the time stamps that we get: microseconds.</summary>
    private const string TimeBase = "1:1000000";

    /// <summary>
    /// What ffmpeg may open for a stream. A playlist or redirection from outside that names a file, a pipe or another kind of server is refused.
    /// </summary>
    private const string RtspProtocols = "rtp,rtsp,tcp,udp,tls", HttpProtocols = "http,https,tcp,tls,crypto,httpproxy";

    /// <summary>Containers and bare streams; none that names other files.</summary>
    private const string FileFormats =
        "mov,matroska,avi,mpegts,mpeg,mpegvideo,h264,hevc,m4v,mjpeg,flv,asf,ogg,av1,obu,ivf,nut,yuv4mpegpipe,mxf,rm,vc1,dv,gif";

    private const string HttpFormats = "hls,mpjpeg," + FileFormats;

    /// <summary>
    /// As decoded, whatever of this the decoder gives: our preprocessing reads them all, and a conversion costs more than the scaling that
    /// follows. What is in none of them (10 bits) becomes the nearest.
    /// </summary>
    private const string PixelFormats =
        "format=pix_fmts=yuv420p|yuvj420p|nv12|nv21|yuv422p|yuvj422p|yuv444p|yuvj444p|yuyv422|uyvy422|gray|bgr24|rgb24|bgra|rgba";

    /// <param name="request">What to play.</param>
    /// <param name="password">Of the address's user; null for none.</param>
    public static FfmpegCommand For(FfmpegRequest request, string? password)
    {
        // verbose: it names each change of the picture's size, which a raw stream cannot.
        List<string> arguments = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+verbose"];
        AddDecoder(arguments, request.Options);
        if (request.Address is { } address) arguments.AddRange(["-protocol_whitelist", "pipe," + Protocols(address), "-safe", "0", "-f", "concat", "-i", "pipe:0"]);
        else arguments.AddRange(["-protocol_whitelist", "file", "-format_whitelist", FileFormats, "-i", "file:" + request.Path]);

        // A recording whose size changes keeps its first one; a live stream is opened anew (FfmpegStream).
        arguments.AddRange(["-map", "0:v:0", "-autoscale", request.Options.Live ? "0" : "1", "-vf", Filter(request.Options)]);
        // Time stamps as they are, in microseconds; no index, which would grow for as long as the camera runs.
        arguments.AddRange(["-fps_mode", "passthrough", "-enc_time_base", TimeBase, "-c:v", "rawvideo", "-f", "nut", "-write_index", "0", "-flush_packets", "1", "pipe:1"]);
        return new FfmpegCommand(arguments, request.Address is null ? "" : List(request.Address, request.Options, password));
    }

    /// <summary>Shown by no log: the compiler's version would print the credentials.</summary>
    public override string ToString() => $"ffmpeg {string.Join(' ', Arguments)}";

    private static void AddDecoder(List<string> arguments, FfmpegOptions options)
    {
        // Decoding on several threads keeps as many frames back; a camera's are wanted at once.
        if (options.Live) arguments.AddRange(["-flags", "low_delay"]);
        if (options.HardwareDecoder is not { } decoder) return;
        // Video4Linux's are no accelerators to ffmpeg but decoders of their own, one for each codec.
        if (decoder == "v4l2m2m") arguments.AddRange(["-c:v", "h264_v4l2m2m"]);
        else arguments.AddRange(["-hwaccel", decoder]);
    }

    private static string Filter(FfmpegOptions options)
    {
        if (options.Width == 0 && options.Height == 0) return PixelFormats;
        // -2: keeps the shape, in even numbers.
        return string.Create(CultureInfo.InvariantCulture, $"scale=w={(options.Width > 0 ? options.Width : -2)}:h={(options.Height > 0 ? options.Height : -2)},{PixelFormats}");
    }

    private static string Protocols(VideoAddress address) => address.IsRtsp ? RtspProtocols : HttpProtocols;

    /// <summary>The list that ffmpeg's concat demuxer reads, with options for its one entry.</summary>
    private static string List(VideoAddress address, FfmpegOptions options, string? password)
    {
        var list = new StringBuilder("ffconcat version 1.0\n").Append("file ").Append(Quote(address.WithPassword(password))).Append('\n');
        Option("protocol_whitelist", Protocols(address));
        // Frames counted to guess a rate that nobody asks for: 0.9 instead of 1.8 s to the first one (docs/adr/0011).
        Option("fpsprobesize", "0");
        // Ours comes first and says more; this one is for the case that we are gone, and nobody else would end a child that waits.
        var patience = string.Create(CultureInfo.InvariantCulture, $"{(long)(options.Stall.TotalMicroseconds * 1.5)}");
        if (address.IsRtsp)
        {
            Option("timeout", patience);
            Option("rtsp_transport", options.Udp ? "udp" : "tcp");
            // Sound is not even asked for: nobody here listens, and nobody may.
            Option("allowed_media_types", "video");
        }
        else
        {
            Option("rw_timeout", patience);
            Option("format_whitelist", HttpFormats);
            if (address.IsEncrypted) Option("tls_verify", options.VerifyTls ? "1" : "0");
        }

        return list.ToString();

        void Option(string key, string value) => list.Append("option ").Append(key).Append(' ').Append(value).Append('\n');
    }

    /// <summary>As av_get_token reads it back: all between quotes is meant, a quote stands outside of them.</summary>
    private static string Quote(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
