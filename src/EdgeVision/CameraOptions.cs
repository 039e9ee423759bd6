using EdgeVision.Configuration;
using EdgeVision.Events;
using EdgeVision.Evidence;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Motion;
using EdgeVision.Outputs;
using EdgeVision.Triggers;

namespace EdgeVision;

/// <summary>One camera. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record CameraOptions
{
    /// <summary>False leaves the camera alone, as if it were not configured.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Where frames come from; may hold credentials, so it is shown masked only.</summary>
    public required string Uri { get; init; }

    public required CameraLogin Login { get; init; }

    /// <summary>Frames a second that go through the detector at most; 0 for all.</summary>
    public required double MaxFps { get; init; }

    public required OrientationOptions Mounting { get; init; }

    /// <summary>What nobody may see.</summary>
    public required IReadOnlyList<PrivacyMaskOptions> Masks { get; init; }

    public required DetectionFilterOptions Filter { get; init; }

    public required FrameSamplerOptions Events { get; init; }

    /// <summary>What the camera's controls shall be, by name; checked against the camera when it is open.</summary>
    public required IReadOnlyDictionary<string, string> Controls { get; init; }

    public required MotionOptions Motion { get; init; }

    /// <summary>Which events get a picture.</summary>
    public required EvidenceOptions Evidence { get; init; }

    /// <summary>Null for a camera that runs freely.</summary>
    public TriggerOptions? Trigger { get; init; }

    /// <summary>Null for a camera whose frames are always looked at.</summary>
    public GateOptions? Gate { get; init; }

    /// <summary>
    /// True when a running camera can take <paramref name="next"/> between two frames: masks, controls, rate, filter, sampling, motion and evidence may differ.
    /// Everything else means that it is opened anew.
    /// </summary>
    public bool CanBecome(CameraOptions next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return (Uri, Login, Mounting, Trigger, Gate) == (next.Uri, next.Login, next.Mounting, next.Trigger, next.Gate);
    }

    /// <summary>Keys of one camera's section.</summary>
    /// <param name="options">The section.</param>
    /// <param name="checkUri">Null when the URI is fine, otherwise a sentence that shows no credentials.</param>
    public static CameraOptions Read(OptionsReader options, Func<string, string?> checkUri)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(checkUri);
        var uri = options.RequiredText("Uri",
            "Where frames come from: `v4l2:///dev/video0`, `file:clip.mjpeg?loop=true&fps=10`, `dir:pictures?fps=2&loop=true`, `rtsp://user@host/stream#transport=tcp`, `http://host/video`, `test:pattern?width=640&height=480&fps=30`. Relative paths start at the folder of the configuration file.");
        if (uri.Length > 0 && checkUri(uri) is { } wrong) options.Refuse("Uri", wrong);
        return new CameraOptions
        {
            Enabled = options.Flag("Enabled", true, "`false` leaves the camera closed, as if it were not here: the way to switch off by the twin what the configuration file names."),
            Uri = uri,
            Login = CameraLogin.Read(options, uri),
            MaxFps = options.Number("MaxFps", 0, 0, 1000,
                "Frames a second that go through the detector at most; 0 for as many as the machine manages. Lowering it leaves processor time to other cameras; fast objects are seen on fewer frames."),
            Mounting = OrientationOptions.Read(options),
            Masks = options.Sections("Masks", 32, "Areas that nobody may see: masked in every frame before detection, preview, saving or upload.", PrivacyMaskOptions.Read),
            Filter = DetectionFilterOptions.Read(options),
            Events = options.Section("Events", FrameSamplerOptions.Read),
            Controls = options.ValuesByName("Controls",
                "Of a `v4l2:` camera, set whenever it opens: names are those that `edgevision camera show` lists, or one of `exposure`, `gain`, `white_balance`, `focus`, `zoom` (a value, or `auto` where the camera can), "
                + "`power_line_frequency` (`50 Hz` where lamps flicker on European mains), `hflip`, `vflip`, `rotate`. A value that the camera would not take is logged with its range, and the camera runs."),
            Motion = options.Section("Motion", MotionOptions.Read),
            Evidence = options.Section(EvidenceOptions.Key, EvidenceOptions.Read),
            Trigger = options.OptionalSection("Trigger", TriggerOptions.Read),
            Gate = options.OptionalSection("Gate", GateOptions.Read),
        };
    }
}
