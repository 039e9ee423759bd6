using EdgeVision.Frames;

namespace EdgeVision.Module.Commands;

/// <summary>What <c>bench</c> was asked to measure.</summary>
internal sealed record BenchRequest
{
    public required ModelLocation Model { get; init; }

    /// <summary>0 for what <c>run</c> takes.</summary>
    public required int Threads { get; init; }

    /// <summary>Pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    public required PixelFormat Pixels { get; init; }

    /// <summary>As it was typed.</summary>
    public required string PixelWord { get; init; }

    public required int Frames { get; init; }

    public string? Report { get; init; }
}
