using EdgeVision.Configuration;

namespace EdgeVision.Frames;

/// <summary>How a camera hangs. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record OrientationOptions
{
    /// <summary>Turns its pictures upright: rotated first, then flipped.</summary>
    public required FrameOrientation Orientation { get; init; }

    /// <summary>Keys of the camera's own section.</summary>
    public static OrientationOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var degrees = options.Integer("Rotate", 0, 0, 270,
            "Turns the picture clockwise by 0, 90, 180 or 270 degrees, for a camera that hangs on its side or upside down; detections, zones and masks are then of the upright picture. A quarter turn doubles the time of preprocessing, half a turn costs nothing. A camera that can turn its picture itself need not be told here.");
        var flip = options.OneOf("Flip", FrameOrientation.Upright,
            "Mirrors the picture after `Rotate`: `horizontal` exchanges left and right, `vertical` top and bottom. Costs nothing.",
            ("none", FrameOrientation.Upright), ("horizontal", FrameOrientation.Mirrored), ("vertical", FrameOrientation.MirroredRotated180));
        if (degrees % 90 != 0) options.Refuse("Rotate", $"{degrees} is not a quarter turn; give 0, 90, 180 or 270 degrees clockwise.");
        var rotation = degrees switch
        {
            90 => FrameOrientation.Rotated90,
            180 => FrameOrientation.Rotated180,
            270 => FrameOrientation.Rotated270,
            _ => FrameOrientation.Upright,
        };
        return new OrientationOptions { Orientation = rotation.Then(flip) };
    }
}
