namespace EdgeVision.Capture.V4l2;

/// <summary>Which camera, and what is wished of it. What is null, the camera's offer decides.</summary>
public sealed record V4l2Wish
{
    /// <summary>Buffers that frames are captured into: 1 in the mailbox + 1 in hand + 1 being taken + 2 queued at the driver.</summary>
    public const int LeastBuffers = 5;

    public static readonly TimeSpan DefaultStall = TimeSpan.FromSeconds(5);

    /// <summary>Path of the node (/dev/video0, /dev/v4l/by-id/…) or, without a slash at its begin, the place it is plugged in (usb-0000:00:14.0-1).</summary>
    public required string Device { get; init; }

    /// <summary>Source pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Source pixels.</summary>
    public int? Height { get; init; }

    public FourCc? Format { get; init; }

    /// <summary>Frames a second.</summary>
    public double? Fps { get; init; }

    public int Buffers { get; init; } = LeastBuffers;

    /// <summary>Without a frame for so long the camera is lost.</summary>
    public TimeSpan Stall { get; init; } = DefaultStall;

    public V4l2Copy Copy { get; init; }

    public SourceRectangle? Crop { get; init; }

    /// <summary>True when the device is named by the place it is plugged in.</summary>
    public bool IsByBus => !Device.StartsWith('/');

    /// <summary>What is wished, for error texts: YUYV 640×480 at 25 fps.</summary>
    public override string ToString()
    {
        var size = Width is null && Height is null ? null : FormattableString.Invariant($"{Width?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "any"}×{Height?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "any"}");
        var rate = Fps is { } fps ? FormattableString.Invariant($"at {fps} fps") : null;
        return string.Join(' ', ((string?[])[Format?.ToString(), size, rate]).Where(static part => part is not null));
    }
}
