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
    // Proof of bounds, of all three: every load takes `block` bytes of a row at i ≤ its length − block, of half a row from i / 2; rows are spans, as long as each other or half.

    private void LerpPairs(RowPair luma, RowPair pairs, ushort weight, Span<short> to)
    {
        ref var y0 = ref MemoryMarshal.GetReference(luma.Upper);
        ref var y1 = ref MemoryMarshal.GetReference(luma.Lower[..luma.Length]);
        ref var c0 = ref MemoryMarshal.GetReference(pairs.Upper[..luma.Length]);
        ref var c1 = ref MemoryMarshal.GetReference(pairs.Lower[..luma.Length]);
        ref var samples = ref MemoryMarshal.GetReference(to[..(2 * luma.Length)]);
        var length = (nuint)luma.Length;
        if (_width >= VectorWidth.Bits512 && length >= 32)
        {
            var (w0, w1) = (Vector512.Create((ushort)(RowWeights - weight)), Vector512.Create(weight));
            for (nuint i = 0; i < length; i += 32)
            {
                var at = nuint.Min(i, length - 32);
                Zip512(Lerp512(ref y0, ref y1, at, w0, w1), Lerp512(ref c0, ref c1, at, w0, w1), ref samples, 2 * at);
            }
        }
        else if (_width >= VectorWidth.Bits256 && length >= 16)
        {
            var (w0, w1) = (Vector256.Create((ushort)(RowWeights - weight)), Vector256.Create(weight));
            for (nuint i = 0; i < length; i += 16)
            {
                var at = nuint.Min(i, length - 16);
                Zip256(Lerp256(ref y0, ref y1, at, w0, w1), Lerp256(ref c0, ref c1, at, w0, w1), ref samples, 2 * at);
            }
        }
        else if (length >= 8)
        {
            var (w0, w1) = (Vector128.Create((ushort)(RowWeights - weight)), Vector128.Create(weight));
            for (nuint i = 0; i < length; i += 8)
            {
                var at = nuint.Min(i, length - 8);
                Zip128(Lerp8(ref y0, ref y1, at, w0, w1), Lerp8(ref c0, ref c1, at, w0, w1), ref samples, 2 * at);
            }
        }
        else
        {
            for (var i = 0; i < luma.Length; i++)
            {
                to[2 * i] = Lerp(luma.Upper[i], luma.Lower[i], weight);
                to[(2 * i) + 1] = Lerp(pairs.Upper[i], pairs.Lower[i], weight);
            }
        }
    }

    private void LerpPlanes(RowPair luma, RowPair u, RowPair v, ushort weight, Span<short> to)
    {
        if (u.Length == luma.Length) LerpThree(luma, u, v, weight, to);
        else LerpHalves(luma, u, v, weight, to);
    }

    private void LerpHalves(RowPair luma, RowPair u, RowPair v, ushort weight, Span<short> to)
    {
        ref var y0 = ref MemoryMarshal.GetReference(luma.Upper);
        ref var y1 = ref MemoryMarshal.GetReference(luma.Lower[..luma.Length]);
        ref var u0 = ref MemoryMarshal.GetReference(u.Upper[..(luma.Length / 2)]);
        ref var u1 = ref MemoryMarshal.GetReference(u.Lower[..(luma.Length / 2)]);
        ref var v0 = ref MemoryMarshal.GetReference(v.Upper[..(luma.Length / 2)]);
        ref var v1 = ref MemoryMarshal.GetReference(v.Lower[..(luma.Length / 2)]);
        ref var samples = ref MemoryMarshal.GetReference(to[..(2 * luma.Length)]);
        var length = (nuint)luma.Length;
        if (length < 16)
        {
            for (var i = 0; i < luma.Length; i++)
            {
                var chroma = i % 2 == 0 ? u : v;
                to[2 * i] = Lerp(luma.Upper[i], luma.Lower[i], weight);
                to[(2 * i) + 1] = Lerp(chroma.Upper[i / 2], chroma.Lower[i / 2], weight);
            }

            return;
        }

        var (w0, w1) = (Vector128.Create((ushort)(RowWeights - weight)), Vector128.Create(weight));
        for (nuint i = 0; i < length; i += 16)
        {
            var at = nuint.Min(i, length - 16);
            var (first, second) = (Lerp8(ref u0, ref u1, at / 2, w0, w1), Lerp8(ref v0, ref v1, at / 2, w0, w1));
            var (low, high) = (ZipLow(first, second), ZipHigh(first, second));
            if (_width >= VectorWidth.Bits256)
            {
                var luma16 = Lerp256(ref y0, ref y1, at, Vector256.Create(w0, w0), Vector256.Create(w1, w1));
                Zip256(luma16, Vector256.Create(low, high), ref samples, 2 * at);
            }
            else
            {
                Zip128(Lerp8(ref y0, ref y1, at, w0, w1), low, ref samples, 2 * at);
                Zip128(Lerp8(ref y0, ref y1, at + 8, w0, w1), high, ref samples, (2 * at) + 16);
            }
        }
    }

    private static void LerpThree(RowPair luma, RowPair u, RowPair v, ushort weight, Span<short> to)
    {
        ref var y0 = ref MemoryMarshal.GetReference(luma.Upper);
        ref var y1 = ref MemoryMarshal.GetReference(luma.Lower[..luma.Length]);
        ref var u0 = ref MemoryMarshal.GetReference(u.Upper[..luma.Length]);
        ref var u1 = ref MemoryMarshal.GetReference(u.Lower[..luma.Length]);
        ref var v0 = ref MemoryMarshal.GetReference(v.Upper[..luma.Length]);
        ref var v1 = ref MemoryMarshal.GetReference(v.Lower[..luma.Length]);
        ref var samples = ref MemoryMarshal.GetReference(to[..(4 * luma.Length)]);
        var length = (nuint)luma.Length;
        if (length < 8)
        {
            for (var i = 0; i < luma.Length; i++)
            {
                to[4 * i] = Lerp(luma.Upper[i], luma.Lower[i], weight);
                to[(4 * i) + 1] = Lerp(u.Upper[i], u.Lower[i], weight);
                to[(4 * i) + 2] = Lerp(v.Upper[i], v.Lower[i], weight);
            }

            return;
        }

        var (w0, w1) = (Vector128.Create((ushort)(RowWeights - weight)), Vector128.Create(weight));
        for (nuint i = 0; i < length; i += 8)
        {
            var at = nuint.Min(i, length - 8);
            var (y, first, second) = (Lerp8(ref y0, ref y1, at, w0, w1), Lerp8(ref u0, ref u1, at, w0, w1), Lerp8(ref v0, ref v1, at, w0, w1));
            Zip128(ZipLow(y, first).AsInt32(), ZipLow(second, second).AsInt32(), ref samples, 4 * at);
            Zip128(ZipHigh(y, first).AsInt32(), ZipHigh(second, second).AsInt32(), ref samples, (4 * at) + 16);
        }
    }

    /// <summary>8 samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Lerp8(ref byte a, ref byte b, nuint i, Vector128<ushort> w0, Vector128<ushort> w1) =>
        Lerp128(Widen8(ref a, i), Widen8(ref b, i), w0, w1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Widen8(ref byte from, nuint i) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, i))).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Zip128(Vector128<short> a, Vector128<short> b, ref short to, nuint i)
    {
        ZipLow(a, b).StoreUnsafe(ref to, i);
        ZipHigh(a, b).StoreUnsafe(ref to, i + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Zip128(Vector128<int> a, Vector128<int> b, ref short to, nuint i)
    {
        ZipLow(a, b).AsInt16().StoreUnsafe(ref to, i);
        ZipHigh(a, b).AsInt16().StoreUnsafe(ref to, i + 8);
    }

    /// <summary>AVX2 zips within halves; four stores put these in order without a shuffle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Zip256(Vector256<short> a, Vector256<short> b, ref short to, nuint i)
    {
        var (low, high) = (Avx2.UnpackLow(a, b), Avx2.UnpackHigh(a, b));
        low.GetLower().StoreUnsafe(ref to, i);
        high.GetLower().StoreUnsafe(ref to, i + 8);
        low.GetUpper().StoreUnsafe(ref to, i + 16);
        high.GetUpper().StoreUnsafe(ref to, i + 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Zip512(Vector512<short> a, Vector512<short> b, ref short to, nuint i)
    {
        var first = Vector512.Create(
            (short)0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47);
        Avx512BW.PermuteVar32x16x2(a, first, b).StoreUnsafe(ref to, i);
        Avx512BW.PermuteVar32x16x2(a, first + Vector512.Create((short)16), b).StoreUnsafe(ref to, i + 32);
    }
}
