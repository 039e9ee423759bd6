namespace EdgeVision.Capture.V4l2;

/// <summary>Widths or heights a camera offers, source pixels: one, or from … to … in steps.</summary>
public readonly record struct OfferedRange(int Min, int Max, int Step)
{
    public bool IsSingle => Min == Max;

    public static OfferedRange Single(int length) => new(length, length, 1);

    public bool Contains(int length) => length >= Min && length <= Max && (length - Min) % Math.Max(1, Step) == 0;

    /// <summary>What the camera offers next to <paramref name="length"/>.</summary>
    public int Nearest(int length)
    {
        var step = Math.Max(1, Step);
        var steps = (Math.Clamp((long)length, Min, Max) - Min + (step / 2)) / step;
        return (int)Math.Min(Min + (steps * step), Max - ((Max - (long)Min) % step));
    }

    public override string ToString() => IsSingle ? FormattableString.Invariant($"{Min}") : FormattableString.Invariant($"{Min}…{Max}");
}
