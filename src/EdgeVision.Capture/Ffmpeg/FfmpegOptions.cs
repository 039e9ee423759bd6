namespace EdgeVision.Capture.Ffmpeg;

/// <summary>
/// How ffmpeg is to play a camera or clip. They stand behind '#' of an address, where no server ever sees them and none of its own keys can be
/// meant, and behind '?' of a file.
/// </summary>
public sealed record FfmpegOptions
{
    /// <summary>Hardware decoders that ffmpeg has on our platforms; see docs/cameras.md for what each needs.</summary>
    private static readonly string[] Decoders = ["off", "auto", "vaapi", "v4l2m2m", "drm", "cuda", "qsv", "vdpau"];

    /// <summary>RTP in UDP packets instead of the RTSP connection: no head-of-line waiting, but packets are lost.</summary>
    public bool Udp { get; init; }

    /// <summary>ffmpeg's name of a hardware decoder; null for the processor.</summary>
    public string? HardwareDecoder { get; init; }

    /// <summary>Without a frame for so long the stream is lost. Raising it forgives a slow network and finds a dead camera later.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pixels that frames are scaled to; 0 keeps them, or the shape where the other is set.</summary>
    public int Width { get; init; }

    /// <summary>As <see cref="Width"/>.</summary>
    public int Height { get; init; }

    /// <summary>A server's certificate must be good; only of https.</summary>
    public bool VerifyTls { get; init; } = true;

    /// <summary>Frames come when they come, and an end is a loss. Otherwise it is a recording: played at its rate, and at its end it ends or begins again.</summary>
    public bool Live { get; init; }

    /// <summary>Begins again at the end; only of recordings.</summary>
    public bool Loop { get; init; }

    /// <summary>Plays a recording at this rate; 0 for its own.</summary>
    public double Fps { get; init; }

    /// <summary>True where a file is asked for something that only ffmpeg does.</summary>
    public bool NeedsFfmpeg => HardwareDecoder is not null || Width > 0 || Height > 0;

    /// <summary>Keys of a file.</summary>
    internal static FfmpegOptions OfFile(CameraUriQuery query, bool loop, double fps) => Common(query) with { Loop = loop, Fps = fps };

    /// <summary>Keys of a stream.</summary>
    internal static FfmpegOptions OfStream(CameraUriQuery query, VideoAddress address)
    {
        var options = Common(query);
        if (address.IsRtsp) return options with { Live = true, Udp = query.Choice("transport", ["tcp", "udp"]) == "udp" };

        options = options with { Live = query.Flag("live", !address.LooksRecorded), VerifyTls = query.Flag("verify", true) };
        var (loop, fps) = (query.Flag("loop", false), query.Number("fps", 0, 0.01, 1000));
        if (options.Live && (loop || fps > 0)) query.Refuse("loop and fps are for recordings, this is taken for a live stream; add live=false if it is a file");
        return options with { Loop = loop, Fps = fps };
    }

    private static FfmpegOptions Common(CameraUriQuery query)
    {
        var decoder = query.Choice("hwaccel", Decoders);
        return new FfmpegOptions
        {
            HardwareDecoder = decoder == "off" ? null : decoder,
            Stall = TimeSpan.FromSeconds(query.Number("stall", 10, 1, 600)),
            Width = Side(query, "width"),
            Height = Side(query, "height"),
        };
    }

    /// <summary>Even, because chroma comes in pairs.</summary>
    private static int Side(CameraUriQuery query, string key)
    {
        var side = (int)query.Number(key, 0, 16, 8192, whole: true);
        if (side % 2 != 0) query.Refuse($"{key}={side} is odd; an even number was expected");
        return side;
    }
}
