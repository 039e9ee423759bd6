using EdgeVision.Fallback;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Events;

/// <summary>What was seen in one frame.</summary>
public sealed record FrameEvent : VisionEvent
{
    public required ModelIdentity Model { get; init; }

    /// <summary>The camera's own count of the frame.</summary>
    public required long FrameSequence { get; init; }

    /// <summary>Source pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Source pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Boxes in source pixels, best confidence first.</summary>
    public required IReadOnlyList<Detection> Objects { get; init; }

    /// <summary>Source pixels: the sets that <see cref="Detection.Landmarks"/> names, behind each other.</summary>
    public IReadOnlyList<Point> Landmarks { get; init; } = [];

    /// <summary>Points of one object; 0 when there are none.</summary>
    public int LandmarksPerObject { get; init; }

    /// <summary>Empty for an object without.</summary>
    public ReadOnlySpan<Point> LandmarksOf(in Detection detection)
    {
        if (detection.Landmarks == 0) return [];
        var points = Landmarks as Point[] ?? [.. Landmarks];
        return points.AsSpan((detection.Landmarks - 1) * LandmarksPerObject, LandmarksPerObject);
    }

    /// <summary>From capture until the camera loop took the frame.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Compressed picture to pixels; zero for raw cameras.</summary>
    public TimeSpan Decode { get; init; }

    public DetectionTimings Timings { get; init; }

    /// <summary>Null for none.</summary>
    public PictureReference? Picture { get; init; }

    /// <summary>Of an event that the cloud gave, about one of the edge; null for the edge's own.</summary>
    public Verdict? Verdict { get; init; }

    public override EventFamily Family => EventFamily.Frame;
}
