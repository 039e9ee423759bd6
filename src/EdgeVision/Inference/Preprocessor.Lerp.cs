using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeVision.Inference;

/// <summary>
/// Two rows' bytes to one row of samples, <c>(256 − w)·upper + w·lower − 0x8000</c>. Less 128 a byte has a sign and both products together fit 16
/// bits: one multiply-add of signed by unsigned bytes on x86, two widening ones on ARM. Weights are 1..255: see <see cref="RowTap"/>.
/// </summary>
public sealed partial class Preprocessor
{
    /// <summary>The scalar twin, for rows shorter than a vector.</summary>
    private static short Lerp(byte upper, byte lower, int weight) => (short)((upper * (RowWeights - weight)) + (lower * weight) - 0x8000);

    /// <param name="pairs">Upper, lower, upper, lower …</param>
    /// <param name="weights">Likewise.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Lerp(Vector512<byte> pairs, Vector512<byte> weights) =>
        Avx512BW.MultiplyAddAdjacent(weights, (pairs ^ Vector512.Create((byte)0x80)).AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Lerp(Vector256<byte> pairs, Vector256<byte> weights) =>
        Avx2.MultiplyAddAdjacent(weights, (pairs ^ Vector256.Create((byte)0x80)).AsSByte());

    /// <summary>Of the first eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> LerpLow(Vector128<byte> upper, Vector128<byte> lower, RowWeights128 weights)
    {
        if (!AdvSimd.IsSupported) return Ssse3.MultiplyAddAdjacent(weights.Pairs, (Sse2.UnpackLow(upper, lower) ^ Vector128.Create((byte)0x80)).AsSByte());
        var product = AdvSimd.MultiplyWideningLower(upper.GetLower(), weights.Upper.GetLower());
        return (AdvSimd.MultiplyWideningLowerAndAdd(product, lower.GetLower(), weights.Lower.GetLower()) ^ Vector128.Create((ushort)0x8000)).AsInt16();
    }

    /// <summary>Of the last eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> LerpHigh(Vector128<byte> upper, Vector128<byte> lower, RowWeights128 weights)
    {
        if (!AdvSimd.IsSupported) return Ssse3.MultiplyAddAdjacent(weights.Pairs, (Sse2.UnpackHigh(upper, lower) ^ Vector128.Create((byte)0x80)).AsSByte());
        var product = AdvSimd.MultiplyWideningUpper(upper, weights.Upper);
        return (AdvSimd.MultiplyWideningUpperAndAdd(product, lower, weights.Lower) ^ Vector128.Create((ushort)0x8000)).AsInt16();
    }

    private static Vector512<byte> Weights512(int weight) => Vector512.Create(PairOf(weight)).AsByte();

    private static Vector256<byte> Weights256(int weight) => Vector256.Create(PairOf(weight)).AsByte();

    private static ushort PairOf(int weight) => (ushort)((RowWeights - weight) | (weight << 8));

    /// <summary>As x86 multiplies, and as ARM does.</summary>
    private readonly struct RowWeights128(int weight)
    {
        public readonly Vector128<byte> Pairs = Vector128.Create(PairOf(weight)).AsByte();
        public readonly Vector128<byte> Upper = Vector128.Create((byte)(RowWeights - weight));
        public readonly Vector128<byte> Lower = Vector128.Create((byte)weight);
    }
}
