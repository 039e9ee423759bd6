using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeVision.Inference;

/// <summary>Rows of YUYV, UYVY, RGB, BGR, RGBA, BGRA and grey: a byte is a sample, in the order of the frame.</summary>
public sealed partial class Preprocessor
{
    // AggressiveOptimization, here and at the other kernels: the first frames are not measured in tens of milliseconds of unoptimised vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LerpPacked(RowPair rows, int weight, Span<short> to)
    {
        // Proof of bounds: every load takes `block` bytes at i ≤ length − block of two spans of that length, every store as many samples of `to`.
        ref var a = ref MemoryMarshal.GetReference(rows.Upper);
        ref var b = ref MemoryMarshal.GetReference(rows.Lower[..rows.Length]);
        ref var samples = ref MemoryMarshal.GetReference(to[..rows.Length]);
        var length = (nuint)rows.Length;
        if (_width >= VectorWidth.Bits512 && length >= 64)
        {
            var (weights, order) = (Weights512(weight), Vector512.Create(0L, 4, 1, 5, 2, 6, 3, 7));
            for (nuint i = 0, last = length - 64; ; i = nuint.Min(i + 64, last))
            {
                // AVX zips within lanes: quarters are put where zipping leaves them in order.
                var upper = Avx512F.PermuteVar8x64(Vector512.LoadUnsafe(ref a, i).AsInt64(), order).AsByte();
                var lower = Avx512F.PermuteVar8x64(Vector512.LoadUnsafe(ref b, i).AsInt64(), order).AsByte();
                Lerp(Avx512BW.UnpackLow(upper, lower), weights).StoreUnsafe(ref samples, i);
                Lerp(Avx512BW.UnpackHigh(upper, lower), weights).StoreUnsafe(ref samples, i + 32);
                if (i == last) return;
            }
        }

        if (_width >= VectorWidth.Bits256 && length >= 32)
        {
            var weights = Weights256(weight);
            for (nuint i = 0, last = length - 32; ; i = nuint.Min(i + 32, last))
            {
                var upper = Avx2.Permute4x64(Vector256.LoadUnsafe(ref a, i).AsInt64(), 0b11_01_10_00).AsByte();
                var lower = Avx2.Permute4x64(Vector256.LoadUnsafe(ref b, i).AsInt64(), 0b11_01_10_00).AsByte();
                Lerp(Avx2.UnpackLow(upper, lower), weights).StoreUnsafe(ref samples, i);
                Lerp(Avx2.UnpackHigh(upper, lower), weights).StoreUnsafe(ref samples, i + 16);
                if (i == last) return;
            }
        }

        if (length >= 16)
        {
            var weights = new RowWeights128(weight);
            for (nuint i = 0, last = length - 16; ; i = nuint.Min(i + 16, last))
            {
                var (upper, lower) = (Vector128.LoadUnsafe(ref a, i), Vector128.LoadUnsafe(ref b, i));
                LerpLow(upper, lower, weights).StoreUnsafe(ref samples, i);
                LerpHigh(upper, lower, weights).StoreUnsafe(ref samples, i + 8);
                if (i == last) return;
            }
        }

        for (var i = 0; i < rows.Length; i++) to[i] = Lerp(rows.Upper[i], rows.Lower[i], weight);
    }
}
