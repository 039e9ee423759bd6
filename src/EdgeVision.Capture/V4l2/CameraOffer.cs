namespace EdgeVision.Capture.V4l2;

/// <summary>What a camera can give: formats, their sizes, their rates.</summary>
/// <param name="Formats">In the driver's order; also those that this version does not read.</param>
public sealed record CameraOffer(IReadOnlyList<OfferedFormat> Formats)
{
    /// <summary>One clause for error texts: what could be wished for; formats that cannot be read only by name.</summary>
    public override string ToString()
    {
        if (Formats.Count == 0) return "no format at all";
        var readable = string.Join("; ", Formats.Where(static f => f.Pixels is not null).Take(12));
        var others = string.Join(", ", Formats.Where(static f => f.Pixels is null).Select(static f => f.Code.ToString()).Distinct().Take(12));
        return readable.Length == 0 ? $"only {others}" : others.Length == 0 ? readable : $"{readable}; and {others}, which this version does not read";
    }
}
