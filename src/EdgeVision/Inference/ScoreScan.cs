using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeVision.Inference;

/// <summary>
/// Looks through scores, of which nearly none count: this is the loop that must be fast, so each number is read once, to be compared and to be
/// proven finite. The proof: x · 0 is 0 for every number, NaN for NaN and infinity, and NaN survives a sum.
/// </summary>
internal static class ScoreScan
{
    /// <summary>What <see cref="TryCollect"/> looks at in one step, and so the least room it needs.</summary>
    public const int Block = 8 * 16;

    /// <summary>What a row of scores holds.</summary>
    public enum Row
    {
        Nothing,

        /// <summary>At least one at or above its limit.</summary>
        Candidate,

        /// <summary>A number that is none.</summary>
        Broken,
    }

    /// <summary>
    /// Finds values at or above <paramref name="limit"/>, from <paramref name="position"/> on, until the end or until <paramref name="hits"/> may not
    /// hold the next ones; go on until the position is the end. False when a value on the way is no number.
    /// </summary>
    /// <param name="scores">Of one class.</param>
    /// <param name="limit">Least confidence.</param>
    /// <param name="position">Where to begin, and then to go on.</param>
    /// <param name="hits">Room for indices, at least <see cref="Block"/>.</param>
    /// <param name="count">Of indices in <paramref name="hits"/>, rising.</param>
    public static bool TryCollect(ReadOnlySpan<float> scores, float limit, ref int position, Span<int> hits, out int count)
    {
        var step = 8 * Vector<float>.Count;
        ref var first = ref MemoryMarshal.GetReference(scores);
        var limits = new Vector<float>(limit);
        var (sum0, sum1) = (Vector<float>.Zero, Vector<float>.Zero);
        var (at, found) = (position, 0);
        while (at <= scores.Length - step && found <= hits.Length - step)
        {
            var max = LookAtBlock(ref Unsafe.Add(ref first, at), ref sum0, ref sum1);
            if (Vector.GreaterThanOrEqualAny(max, limits)) found += Enumerate(scores.Slice(at, step), at, limit, hits[found..]);
            at += step;
        }

        var finite = Vector.EqualsAll(sum0 + sum1, Vector<float>.Zero);
        if (at > scores.Length - step)
        {
            for (; at < scores.Length && found < hits.Length; at++)
            {
                finite &= float.IsFinite(scores[at]);
                if (scores[at] >= limit) hits[found++] = at;
            }
        }

        (position, count) = (at, found);
        return finite;
    }

    /// <summary>A row in which each class has its own limit.</summary>
    /// <param name="scores">Of one anchor.</param>
    /// <param name="limits">As many.</param>
    public static Row Look(ReadOnlySpan<float> scores, ReadOnlySpan<float> limits)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(scores);
        var vectorLimits = MemoryMarshal.Cast<float, Vector<float>>(limits)[..vectors.Length];
        var (sum, candidates) = (Vector<float>.Zero, Vector<int>.Zero);
        for (var i = 0; i < vectors.Length; i++)
        {
            sum = Vector.MultiplyAddEstimate(vectors[i], Vector<float>.Zero, sum);
            candidates |= Vector.GreaterThanOrEqual(vectors[i], vectorLimits[i]);
        }

        var (isFinite, isCandidate) = (Vector.EqualsAll(sum, Vector<float>.Zero), candidates != Vector<int>.Zero);
        for (var i = vectors.Length * Vector<float>.Count; i < scores.Length; i++)
        {
            isFinite &= float.IsFinite(scores[i]);
            isCandidate |= scores[i] >= limits[i];
        }

        return !isFinite ? Row.Broken : isCandidate ? Row.Candidate : Row.Nothing;
    }

    /// <summary>True when all are numbers.</summary>
    public static bool AreFinite(ReadOnlySpan<float> values)
    {
        var step = 8 * Vector<float>.Count;
        ref var first = ref MemoryMarshal.GetReference(values);
        var (sum0, sum1) = (Vector<float>.Zero, Vector<float>.Zero);
        var at = 0;
        for (; at <= values.Length - step; at += step) LookAtBlock(ref Unsafe.Add(ref first, at), ref sum0, ref sum1);
        var finite = Vector.EqualsAll(sum0 + sum1, Vector<float>.Zero);
        for (; at < values.Length; at++) finite &= float.IsFinite(values[at]);
        return finite;
    }

    /// <summary>The largest in each lane of eight vectors. What a NaN does to it is all the same: the sums tell of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> LookAtBlock(ref float block, ref Vector<float> sum0, ref Vector<float> sum1)
    {
        var length = (nuint)Vector<float>.Count;
        var v0 = Vector.LoadUnsafe(ref block);
        var v1 = Vector.LoadUnsafe(ref block, length);
        var v2 = Vector.LoadUnsafe(ref block, 2 * length);
        var v3 = Vector.LoadUnsafe(ref block, 3 * length);
        var v4 = Vector.LoadUnsafe(ref block, 4 * length);
        var v5 = Vector.LoadUnsafe(ref block, 5 * length);
        var v6 = Vector.LoadUnsafe(ref block, 6 * length);
        var v7 = Vector.LoadUnsafe(ref block, 7 * length);
        sum0 = Vector.MultiplyAddEstimate(v0, Vector<float>.Zero, sum0);
        sum1 = Vector.MultiplyAddEstimate(v1, Vector<float>.Zero, sum1);
        sum0 = Vector.MultiplyAddEstimate(v2, Vector<float>.Zero, sum0);
        sum1 = Vector.MultiplyAddEstimate(v3, Vector<float>.Zero, sum1);
        sum0 = Vector.MultiplyAddEstimate(v4, Vector<float>.Zero, sum0);
        sum1 = Vector.MultiplyAddEstimate(v5, Vector<float>.Zero, sum1);
        sum0 = Vector.MultiplyAddEstimate(v6, Vector<float>.Zero, sum0);
        sum1 = Vector.MultiplyAddEstimate(v7, Vector<float>.Zero, sum1);
        return Vector.MaxNative(
            Vector.MaxNative(Vector.MaxNative(v0, v1), Vector.MaxNative(v2, v3)),
            Vector.MaxNative(Vector.MaxNative(v4, v5), Vector.MaxNative(v6, v7)));
    }

    private static int Enumerate(ReadOnlySpan<float> block, int offset, float limit, Span<int> hits)
    {
        var found = 0;
        for (var i = 0; i < block.Length; i++)
        {
            if (block[i] >= limit) hits[found++] = offset + i;
        }

        return found;
    }
}
