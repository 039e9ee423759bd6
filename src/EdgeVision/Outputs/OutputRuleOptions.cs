using EdgeVision.Configuration;

namespace EdgeVision.Outputs;

/// <summary>When an output is wanted. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record OutputRuleOptions
{
    public required OutputRuleKind Kind { get; init; }

    /// <summary>Empty for all.</summary>
    public required IReadOnlyList<string> Cameras { get; init; }

    /// <summary>Empty for all.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>0..1, on top of what the camera's own filter lets through.</summary>
    public required double MinConfidence { get; init; }

    /// <summary>Objects in one frame.</summary>
    public required int Count { get; init; }

    public required TimeSpan For { get; init; }

    public required TimeSpan Gap { get; init; }

    public required TimeSpan ForgetAfter { get; init; }

    /// <summary>Keys of an output's <c>Rule</c> section.</summary>
    public static OutputRuleOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var rule = new OutputRuleOptions
        {
            Kind = options.RequiredOneOf("When",
                "What switches the output: `detected` when a camera sees at least Count objects, `camera-lost` when one has failed, `healthy` as long as every camera gives frames that can be used; with a `blink` pattern that is a heartbeat for an external watchdog.",
                ("detected", OutputRuleKind.Detected), ("camera-lost", OutputRuleKind.CameraLost), ("healthy", OutputRuleKind.Healthy)),
            Cameras = options.Texts("Cameras", "Names of the cameras it is about; empty for all. One that sees enough, or is lost, is enough; objects of several are not added up."),
            Classes = options.Texts("Classes", "For `detected`: labels that count, as the model names them; empty for all that the camera reports."),
            MinConfidence = options.Number("MinConfidence", 0, 0, 1,
                "For `detected`: objects below do not count here, on top of the camera's own MinConfidence. Raising it switches less often for nothing and misses half-hidden objects."),
            Count = options.Integer("Count", 1, 1, 1000, "For `detected`: so many objects in one frame at least."),
            For = options.Milliseconds("ForMs", 0, 0, 86_400_000,
                "`detected`: seen for so long without a gap, by the capture times of the frames; 0 switches at the first frame. `camera-lost`: lost for so long. Raising it ignores what only flashes by and switches as much later."),
            Gap = options.Milliseconds("GapMs", 500, 0, 3_600_000,
                "For `detected`: frames without the objects switch it off when they were last seen longer ago than this; 0 at the first such frame. Raising it bridges objects that detection misses now and then and keeps the output on as much longer."),
            ForgetAfter = options.Milliseconds("ForgetAfterMs", 2000, 100, 3_600_000,
                "How long the newest frame counts when no other follows (a lost camera, a hanging detector; for `detected` also a closed gate): then `detected` and `healthy` switch off. Must be longer than a frame takes to come and be detected; raising it keeps an output on that nothing vouches for."),
        };
        RefuseWhatMeansNothing(options, rule.Kind);
        return rule;
    }

    /// <summary>What is silently left out would be believed to work.</summary>
    private static void RefuseWhatMeansNothing(OptionsReader options, OutputRuleKind kind)
    {
        if (kind is OutputRuleKind.Detected) return;
        foreach (var key in (string[])["Classes", "MinConfidence", "Count", "GapMs"])
        {
            if (options.IsSet(key)) options.Refuse(key, "is about detections, and When is not `detected`; leave it out.");
        }

        if (kind is OutputRuleKind.Healthy && options.IsSet("ForMs")) options.Refuse("ForMs", "means nothing to `healthy`, which holds at once; leave it out.");
        if (kind is OutputRuleKind.CameraLost && options.IsSet("ForgetAfterMs")) options.Refuse("ForgetAfterMs", "means nothing to `camera-lost`, which ends with the next frame; leave it out.");
    }
}
