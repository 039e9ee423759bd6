using EdgeVision.Configuration;

namespace EdgeVision.Motion;

/// <summary>When a still picture is not looked at. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record MotionOptions
{
    public required bool Enabled { get; init; }

    /// <summary>Grey levels of 255 by which the mean of a cell must differ.</summary>
    public required double Threshold { get; init; }

    /// <summary>Share of the cells, 0..1.</summary>
    public required double MinArea { get; init; }

    public required TimeSpan Hold { get; init; }

    public required TimeSpan MaxIdle { get; init; }

    /// <summary>Keys of a camera's <c>Motion</c> section.</summary>
    public static MotionOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new MotionOptions
        {
            Enabled = options.Flag("Enabled", false,
                "Leaves out the detector while nothing moves. Saves most of the processor time of a camera that looks at a still place; what appears without moving enough pixels is seen only after MaxIdleSeconds, and frame events pause meanwhile."),
            Threshold = options.Number("Threshold", 8, 1, 100,
                "Grey levels of 255 by which a cell (about 1/160 of the width, 1/120 of the height) must differ from what it showed before; noisy cells ask for more by themselves. Raising it ignores shadows and flicker and misses what looks like its background."),
            MinArea = options.Number("MinArea", 0.001, 0.000_05, 1,
                "Share of the picture that must have changed (0.001 is 18 × 17 pixels of 640 × 480, or 19 cells). Raising it ignores insects, rain and leaves, and misses distant objects."),
            Hold = TimeSpan.FromSeconds(options.Number("HoldSeconds", 5, 0, 3600,
                "How long frames still go through the detector after the last motion, so that somebody who stops is reported for a while. Raising it costs detections after each motion.")),
            MaxIdle = TimeSpan.FromSeconds(options.Number("MaxIdleSeconds", 10, 0.1, 86_400,
                "Longest time without a look, whatever moves. Lowering it finds what crept in sooner and saves less: at 10 fps, 10 is one frame in a hundred, 1 is one in ten.")),
        };
    }
}
