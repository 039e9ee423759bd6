using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeVision.Inference;

namespace EdgeVision.Motion;

/// <summary>
/// What each cell showed lately, and how much it trembles. A cell has changed when it differs from the one by more than the other explains. One thread.
/// </summary>
/// <remarks>
/// A running mean with a running mean deviation per cell, the plainest of the background models (Piccardi, Background subtraction techniques: a review, 2004,
/// 3.1, with the mean absolute deviation in place of σ). Deviations: weights follow time and not frames, because frames are dropped; a cell that has changed
/// still learns, more slowly, so that a parked car and a waving tree end by themselves; and when half of the picture has changed at once (a lamp, a camera
/// that was turned) all of it is taken as it is, so that this counts once.
/// </remarks>
internal sealed class MotionBackground(float threshold, VectorWidth widest = VectorWidth.Bits128)
{
    /// <summary>Seconds by which the background follows: light that rises by 3 grey levels a second leads by 3. Slower would call a cloud motion, faster lose what creeps.</summary>
    private const float CalmSeconds = 1;

    /// <summary>Seconds until most of what has changed for good is the background: what stands still is motion for twice that.</summary>
    private const float ChangedSeconds = 5;

    /// <summary>Seconds in which noise is learned.</summary>
    private const float NoiseSeconds = 4;

    /// <summary>Seconds in which a cell that changes over and over is taken for noise.</summary>
    private const float FlickerSeconds = 30;

    /// <summary>Of the mean deviation: four σ of a normal distribution, 1 cell of a plane in a frame.</summary>
    private const float NoiseFactor = 5;

    /// <summary>Of the threshold: the most that noise can ask for, so that a busy place stays sensitive to strong changes.</summary>
    private const float MostFactor = 4;

    /// <summary>Share of the cells at which the whole picture is another.</summary>
    private const float SceneShare = 0.5f;

    private float[] _means = [];
    private float[] _noise = [];

    /// <summary>What each cell shows when nothing happens, 0..255.</summary>
    internal ReadOnlySpan<float> Means => _means;

    /// <summary>Mean deviation of each cell from that.</summary>
    internal ReadOnlySpan<float> Noise => _noise;

    /// <summary>Everything anew, with as many cells.</summary>
    public void Restart(ReadOnlySpan<float> cells)
    {
        if (_means.Length != cells.Length) (_means, _noise) = (new float[cells.Length], new float[cells.Length]);
        cells.CopyTo(_means);
        Array.Clear(_noise);
    }

    /// <summary>Compares, then learns.</summary>
    /// <param name="cells">As many as at <see cref="Restart"/>.</param>
    /// <param name="elapsed">Since the last call; at least 0.</param>
    /// <returns>Share of the cells that have changed, 0..1.</returns>
    public float Compare(ReadOnlySpan<float> cells, TimeSpan elapsed)
    {
        Debug.Assert(cells.Length == _means.Length, "The grid and the background have the same cells.");
        var seconds = (float)elapsed.TotalSeconds;
        // Implicit Euler: after a long gap nearly 1, and never more.
        var rates = new Rates(seconds / (seconds + CalmSeconds), seconds / (seconds + ChangedSeconds), seconds / (seconds + NoiseSeconds), seconds / (seconds + FlickerSeconds));
        var changed = Learn(cells, rates);
        var share = changed / (float)cells.Length;
        if (share >= SceneShare) cells.CopyTo(_means);
        return share;
    }

    private int Learn(ReadOnlySpan<float> cells, in Rates rates)
    {
        var (done, changed) = widest >= VectorWidth.Bits128 && Vector128.IsHardwareAccelerated ? LearnVectors(cells, rates) : (0, 0);
        for (var i = done; i < cells.Length; i++)
        {
            var difference = cells[i] - _means[i];
            var size = MathF.Abs(difference);
            var isChanged = size > MathF.Min(MostFactor * threshold, MathF.Max(threshold, _noise[i] * NoiseFactor));
            _means[i] += difference * (isChanged ? rates.Changed : rates.Calm);
            _noise[i] += (MathF.Min(size, MostFactor * threshold) - _noise[i]) * (isChanged ? rates.Flicker : rates.Noise);
            if (isChanged) changed++;
        }

        return changed;
    }

    /// <summary>The same, four cells at a time; one width will do for a plane of 19,200.</summary>
    private (int Done, int Changed) LearnVectors(ReadOnlySpan<float> cells, in Rates rates)
    {
        // Proof of bounds: every load takes 4 floats at i ≤ length − 4 of spans of that length.
        ref var values = ref MemoryMarshal.GetReference(cells);
        ref var means = ref MemoryMarshal.GetReference(_means.AsSpan(0, cells.Length));
        ref var noise = ref MemoryMarshal.GetReference(_noise.AsSpan(0, cells.Length));
        var (least, most) = (Vector128.Create(threshold), Vector128.Create(MostFactor * threshold));
        var (calm, changed) = (Vector128.Create(rates.Calm), Vector128.Create(rates.Changed));
        var (steady, flicker) = (Vector128.Create(rates.Noise), Vector128.Create(rates.Flicker));
        var (i, count) = (0, Vector128<int>.Zero);
        for (; i <= cells.Length - 4; i += 4)
        {
            var (mean, tremble) = (Vector128.LoadUnsafe(ref means, (nuint)i), Vector128.LoadUnsafe(ref noise, (nuint)i));
            var difference = Vector128.LoadUnsafe(ref values, (nuint)i) - mean;
            var size = Vector128.Abs(difference);
            var isChanged = Vector128.GreaterThan(size, Vector128.Min(most, Vector128.Max(least, tremble * NoiseFactor)));
            (mean + (difference * Vector128.ConditionalSelect(isChanged, changed, calm))).StoreUnsafe(ref means, (nuint)i);
            (tremble + ((Vector128.Min(size, most) - tremble) * Vector128.ConditionalSelect(isChanged, flicker, steady))).StoreUnsafe(ref noise, (nuint)i);
            count -= isChanged.AsInt32();
        }

        return (i, Vector128.Sum(count));
    }

    /// <summary>How much of the new value is taken, 0..1.</summary>
    private readonly record struct Rates(float Calm, float Changed, float Noise, float Flicker);
}
