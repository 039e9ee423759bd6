using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeVision.Inference;

/// <summary>What .NET's vectors cannot say for every processor: moves between two vectors, products in pairs.</summary>
public sealed partial class Preprocessor
{
    /// <summary>a0 b0 a1 b1 …, of the lower halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> ZipLow(Vector128<byte> a, Vector128<byte> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Sse2.UnpackLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> ZipLow(Vector128<short> a, Vector128<short> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Sse2.UnpackLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> ZipHigh(Vector128<short> a, Vector128<short> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Sse2.UnpackHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> ZipLow(Vector128<int> a, Vector128<int> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Sse2.UnpackLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> ZipHigh(Vector128<int> a, Vector128<int> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Sse2.UnpackHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> ZipLow(Vector128<long> a, Vector128<long> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Sse2.UnpackLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> ZipHigh(Vector128<long> a, Vector128<long> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Sse2.UnpackHigh(a, b);

    /// <summary>a0·b0 + a1·b1, a2·b2 + a3·b3 …</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> MultiplyAddPairs(Vector128<short> a, Vector128<short> b) => AdvSimd.Arm64.IsSupported
        ? AdvSimd.Arm64.AddPairwise(AdvSimd.MultiplyWideningLower(a.GetLower(), b.GetLower()), AdvSimd.MultiplyWideningUpper(a, b))
        : Sse2.MultiplyAddAdjacent(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> MultiplyAddPairs(Vector256<short> a, Vector256<short> b) => Avx2.MultiplyAddAdjacent(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> MultiplyAddPairs(Vector512<short> a, Vector512<short> b) => Avx512BW.MultiplyAddAdjacent(a, b);

    /// <summary>Four pixels of channels a, b, c and nothing to four pixels of each channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<int> A, Vector128<int> B, Vector128<int> C) Transpose(Vector128<int> p0, Vector128<int> p1, Vector128<int> p2, Vector128<int> p3)
    {
        var (ab01, ab23) = (ZipLow(p0, p1).AsInt64(), ZipLow(p2, p3).AsInt64());
        var (c01, c23) = (ZipHigh(p0, p1).AsInt64(), ZipHigh(p2, p3).AsInt64());
        return (ZipLow(ab01, ab23).AsInt32(), ZipHigh(ab01, ab23).AsInt32(), ZipLow(c01, c23).AsInt32());
    }

    /// <summary>The same in each of two lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> A, Vector256<int> B, Vector256<int> C) Transpose(Vector256<int> p0, Vector256<int> p1, Vector256<int> p2, Vector256<int> p3)
    {
        var (ab01, ab23) = (Avx2.UnpackLow(p0, p1).AsInt64(), Avx2.UnpackLow(p2, p3).AsInt64());
        var (c01, c23) = (Avx2.UnpackHigh(p0, p1).AsInt64(), Avx2.UnpackHigh(p2, p3).AsInt64());
        return (Avx2.UnpackLow(ab01, ab23).AsInt32(), Avx2.UnpackHigh(ab01, ab23).AsInt32(), Avx2.UnpackLow(c01, c23).AsInt32());
    }

    /// <summary>The same in each of four lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<int> A, Vector512<int> B, Vector512<int> C) Transpose(Vector512<int> p0, Vector512<int> p1, Vector512<int> p2, Vector512<int> p3)
    {
        var (ab01, ab23) = (Avx512F.UnpackLow(p0, p1).AsInt64(), Avx512F.UnpackLow(p2, p3).AsInt64());
        var (c01, c23) = (Avx512F.UnpackHigh(p0, p1).AsInt64(), Avx512F.UnpackHigh(p2, p3).AsInt64());
        return (Avx512F.UnpackLow(ab01, ab23).AsInt32(), Avx512F.UnpackHigh(ab01, ab23).AsInt32(), Avx512F.UnpackLow(c01, c23).AsInt32());
    }
}
