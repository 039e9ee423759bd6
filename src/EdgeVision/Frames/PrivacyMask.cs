namespace EdgeVision.Frames;

/// <summary>
/// What of a camera's pictures nobody may see: areas of the upright picture, blacked out or pixelated in the frame's own bytes. Worked out once for each kind of
/// frame, then a list of bytes to overwrite. Rounds outwards: a pixel that an area touches is masked, and so is every chroma sample that it shares.
/// Immutable but for what has been worked out; thread-safe.
/// </summary>
public sealed class PrivacyMask
{
    /// <summary>Kinds of frames of one camera that come in turn: as it is, decoded smaller for the detector, decoded whole for a picture, and one to spare.</summary>
    private const int MostPlans = 4;

    private readonly PrivacyMaskOptions[] _areas;
    private volatile PrivacyMaskPlan[] _plans = [];

    private PrivacyMask(IReadOnlyList<PrivacyMaskOptions> areas) => _areas = [.. areas];

    /// <summary>Null where there is nothing to hide.</summary>
    public static PrivacyMask? Of(IReadOnlyList<PrivacyMaskOptions> areas)
    {
        ArgumentNullException.ThrowIfNull(areas);
        return areas.Count == 0 ? null : new PrivacyMask(areas);
    }

    public override string ToString() => _areas.Length == 1 ? "1 privacy mask" : $"{_areas.Length} privacy masks";

    /// <summary>Overwrites the frame's pixels; only <see cref="Frame.Pixels"/> calls it. A kind of frame that it has not seen costs some milliseconds.</summary>
    internal void Apply(Frame frame)
    {
        var kind = new PrivacyMaskKind(frame.Format, frame.Orientation, (frame.Width, frame.Height) != (frame.Format.Width, frame.Format.Height));
        PlanFor(kind).Apply(frame.WritablePixels);
    }

    private PrivacyMaskPlan PlanFor(in PrivacyMaskKind kind)
    {
        var plans = _plans;
        foreach (var plan in plans)
        {
            if (plan.Kind == kind) return plan;
        }

        var made = new PrivacyMaskPlan(kind, _areas);
        // Two threads may do so at once, and one plan is made again: no harm.
        _plans = [made, .. plans.AsSpan(0, Math.Min(plans.Length, MostPlans - 1))];
        return made;
    }
}
