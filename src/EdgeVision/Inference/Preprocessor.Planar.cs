using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeVision.Inference;

/// <summary>
/// Rows of planes, brought together so that a pixel's samples are neighbours: NV12 and NV21 as Y C Y C, I420 and I422 as Y U Y V, I444 as Y U V –.
/// </summary>
public sealed partial class Preprocessor
{
    /// <param name="luma">An even number of pixels.</param>
    /// <param name="first">Chroma in pairs, as long as luma; or of the first plane, half as long.</param>
    /// <param name="second">Of the second plane, half as long as luma; empty for pairs.</param>
    /// <param name="weight">Of the lower rows.</param>
    /// <param name="to">Twice as long as luma.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LerpShared(RowPair luma, RowPair first, RowPair second, int weight, Span<short> to)
    {
        // Proof of bounds: every load takes `block` bytes of luma and pairs, or half as many of a plane, at i ≤ length − block or half of that; i is even since length is.
        var planes = second.Length > 0;
        var chroma = planes ? luma.Length / 2 : luma.Length;
        ref var y0 = ref MemoryMarshal.GetReference(luma.Upper);
        ref var y1 = ref MemoryMarshal.GetReference(luma.Lower[..luma.Length]);
        ref var u0 = ref MemoryMarshal.GetReference(first.Upper[..chroma]);
        ref var u1 = ref MemoryMarshal.GetReference(first.Lower[..chroma]);
        ref var v0 = ref MemoryMarshal.GetReference(second.Upper[..(planes ? chroma : 0)]);
        ref var v1 = ref MemoryMarshal.GetReference(second.Lower[..(planes ? chroma : 0)]);
        ref var samples = ref MemoryMarshal.GetReference(to[..(2 * luma.Length)]);
        var length = (nuint)luma.Length;
        if (_width >= VectorWidth.Bits512 && length >= 64 && !planes)
        {
            // AVX zips within lanes: words are put where zipping twice, bytes of two rows, then samples of luma and chroma, leaves them in order.
            var (weights, order) = (Weights512(weight), Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
            for (nuint i = 0, last = length - 64; ; i = nuint.Min(i + 64, last))
            {
                var (a, b) = (Ordered(Vector512.LoadUnsafe(ref y0, i), order), Ordered(Vector512.LoadUnsafe(ref y1, i), order));
                var (c, d) = (Ordered(Vector512.LoadUnsafe(ref u0, i), order), Ordered(Vector512.LoadUnsafe(ref u1, i), order));
                var (y, uv) = (Lerp(Avx512BW.UnpackLow(a, b), weights), Lerp(Avx512BW.UnpackLow(c, d), weights));
                Avx512BW.UnpackLow(y, uv).StoreUnsafe(ref samples, 2 * i);
                Avx512BW.UnpackHigh(y, uv).StoreUnsafe(ref samples, (2 * i) + 32);
                (y, uv) = (Lerp(Avx512BW.UnpackHigh(a, b), weights), Lerp(Avx512BW.UnpackHigh(c, d), weights));
                Avx512BW.UnpackLow(y, uv).StoreUnsafe(ref samples, (2 * i) + 64);
                Avx512BW.UnpackHigh(y, uv).StoreUnsafe(ref samples, (2 * i) + 96);
                if (i == last) return;
            }
        }

        if (_width >= VectorWidth.Bits256 && length >= 32)
        {
            var (weights, order) = (Weights256(weight), Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7));
            for (nuint i = 0, last = length - 32; ; i = nuint.Min(i + 32, last))
            {
                var (a, b) = (Ordered(Vector256.LoadUnsafe(ref y0, i), order), Ordered(Vector256.LoadUnsafe(ref y1, i), order));
                var upper = planes ? Pairs256(ref u0, ref v0, i / 2) : Vector256.LoadUnsafe(ref u0, i);
                var lower = planes ? Pairs256(ref u1, ref v1, i / 2) : Vector256.LoadUnsafe(ref u1, i);
                var (c, d) = (Ordered(upper, order), Ordered(lower, order));
                var (y, uv) = (Lerp(Avx2.UnpackLow(a, b), weights), Lerp(Avx2.UnpackLow(c, d), weights));
                Avx2.UnpackLow(y, uv).StoreUnsafe(ref samples, 2 * i);
                Avx2.UnpackHigh(y, uv).StoreUnsafe(ref samples, (2 * i) + 16);
                (y, uv) = (Lerp(Avx2.UnpackHigh(a, b), weights), Lerp(Avx2.UnpackHigh(c, d), weights));
                Avx2.UnpackLow(y, uv).StoreUnsafe(ref samples, (2 * i) + 32);
                Avx2.UnpackHigh(y, uv).StoreUnsafe(ref samples, (2 * i) + 48);
                if (i == last) return;
            }
        }

        if (length >= 16)
        {
            var weights = new RowWeights128(weight);
            for (nuint i = 0, last = length - 16; ; i = nuint.Min(i + 16, last))
            {
                var (a, b) = (Vector128.LoadUnsafe(ref y0, i), Vector128.LoadUnsafe(ref y1, i));
                var c = planes ? Pairs128(ref u0, ref v0, i / 2) : Vector128.LoadUnsafe(ref u0, i);
                var d = planes ? Pairs128(ref u1, ref v1, i / 2) : Vector128.LoadUnsafe(ref u1, i);
                var (y, uv) = (LerpLow(a, b, weights), LerpLow(c, d, weights));
                ZipLow(y, uv).StoreUnsafe(ref samples, 2 * i);
                ZipHigh(y, uv).StoreUnsafe(ref samples, (2 * i) + 8);
                (y, uv) = (LerpHigh(a, b, weights), LerpHigh(c, d, weights));
                ZipLow(y, uv).StoreUnsafe(ref samples, (2 * i) + 16);
                ZipHigh(y, uv).StoreUnsafe(ref samples, (2 * i) + 24);
                if (i == last) return;
            }
        }

        for (var i = 0; i < luma.Length; i++)
        {
            var rows = planes && i % 2 == 1 ? second : first;
            var at = planes ? i / 2 : i;
            to[2 * i] = Lerp(luma.Upper[i], luma.Lower[i], weight);
            to[(2 * i) + 1] = Lerp(rows.Upper[at], rows.Lower[at], weight);
        }
    }

    /// <summary>Three rows of one length; <paramref name="to"/> is four times as long. 4:4:4 is rare: one width will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LerpThree(RowPair luma, RowPair first, RowPair second, int weight, Span<short> to)
    {
        // Proof of bounds: every load takes 16 bytes at i ≤ length − 16 of spans of that length.
        ref var y0 = ref MemoryMarshal.GetReference(luma.Upper);
        ref var y1 = ref MemoryMarshal.GetReference(luma.Lower[..luma.Length]);
        ref var u0 = ref MemoryMarshal.GetReference(first.Upper[..luma.Length]);
        ref var u1 = ref MemoryMarshal.GetReference(first.Lower[..luma.Length]);
        ref var v0 = ref MemoryMarshal.GetReference(second.Upper[..luma.Length]);
        ref var v1 = ref MemoryMarshal.GetReference(second.Lower[..luma.Length]);
        ref var samples = ref MemoryMarshal.GetReference(to[..(4 * luma.Length)]);
        var length = (nuint)luma.Length;
        if (length >= 16)
        {
            var weights = new RowWeights128(weight);
            for (nuint i = 0, last = length - 16; ; i = nuint.Min(i + 16, last))
            {
                var (a, b) = (Vector128.LoadUnsafe(ref y0, i), Vector128.LoadUnsafe(ref y1, i));
                var (c, d) = (Vector128.LoadUnsafe(ref u0, i), Vector128.LoadUnsafe(ref u1, i));
                var (e, f) = (Vector128.LoadUnsafe(ref v0, i), Vector128.LoadUnsafe(ref v1, i));
                Zip(LerpLow(a, b, weights), LerpLow(c, d, weights), LerpLow(e, f, weights), ref samples, 4 * i);
                Zip(LerpHigh(a, b, weights), LerpHigh(c, d, weights), LerpHigh(e, f, weights), ref samples, (4 * i) + 32);
                if (i == last) return;
            }
        }

        for (var i = 0; i < luma.Length; i++)
        {
            to[4 * i] = Lerp(luma.Upper[i], luma.Lower[i], weight);
            to[(4 * i) + 1] = Lerp(first.Upper[i], first.Lower[i], weight);
            to[(4 * i) + 2] = Lerp(second.Upper[i], second.Lower[i], weight);
        }
    }

    /// <summary>16 bytes: U V U V …, of 8 each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Pairs128(ref byte u, ref byte v, nuint i) => ZipLow(
        Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref u, i))).AsByte(),
        Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref v, i))).AsByte());

    /// <summary>32 bytes: U V U V …, of 16 each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Pairs256(ref byte u, ref byte v, nuint i)
    {
        var (us, vs) = (Vector128.LoadUnsafe(ref u, i), Vector128.LoadUnsafe(ref v, i));
        return Vector256.Create(Sse2.UnpackLow(us, vs), Sse2.UnpackHigh(us, vs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Ordered(Vector256<byte> bytes, Vector256<int> order) => Avx2.PermuteVar8x32(bytes.AsInt32(), order).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Ordered(Vector512<byte> bytes, Vector512<int> order) => Avx512F.PermuteVar16x32(bytes.AsInt32(), order).AsByte();

    /// <summary>Eight pixels of a, b, c and whatever.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Zip(Vector128<short> a, Vector128<short> b, Vector128<short> c, ref short to, nuint i)
    {
        var (ab, abUpper, cc, ccUpper) = (ZipLow(a, b).AsInt32(), ZipHigh(a, b).AsInt32(), ZipLow(c, c).AsInt32(), ZipHigh(c, c).AsInt32());
        ZipLow(ab, cc).AsInt16().StoreUnsafe(ref to, i);
        ZipHigh(ab, cc).AsInt16().StoreUnsafe(ref to, i + 8);
        ZipLow(abUpper, ccUpper).AsInt16().StoreUnsafe(ref to, i + 16);
        ZipHigh(abUpper, ccUpper).AsInt16().StoreUnsafe(ref to, i + 24);
    }
}
