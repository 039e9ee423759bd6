using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeVision.Inference;

/// <summary>Rows of YUYV, UYVY, RGB, BGR, RGBA, BGRA and grey: a byte is a sample, in the order of the frame.</summary>
public sealed partial class Preprocessor
{
    private void LerpPacked(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, ushort weight, Span<short> to)
    {
        // Proof of bounds: every load takes `block` bytes at i ≤ length − block of two spans of that length, every store as many samples of `to`.
        ref var a = ref MemoryMarshal.GetReference(upper);
        ref var b = ref MemoryMarshal.GetReference(lower[..upper.Length]);
        ref var samples = ref MemoryMarshal.GetReference(to[..upper.Length]);
        nuint i = 0, length = (nuint)upper.Length;
        if (_width >= VectorWidth.Bits512 && length >= 32)
        {
            var (w0, w1) = (Vector512.Create((ushort)(RowWeights - weight)), Vector512.Create(weight));
            for (; i + 32 <= length; i += 32) Lerp512(ref a, ref b, i, w0, w1).StoreUnsafe(ref samples, i);
            Lerp512(ref a, ref b, length - 32, w0, w1).StoreUnsafe(ref samples, length - 32);
        }
        else if (_width >= VectorWidth.Bits256 && length >= 32)
        {
            var (w0, w1) = (Vector256.Create((ushort)(RowWeights - weight)), Vector256.Create(weight));
            for (; i + 32 <= length; i += 32)
            {
                Lerp256(ref a, ref b, i, w0, w1).StoreUnsafe(ref samples, i);
                Lerp256(ref a, ref b, i + 16, w0, w1).StoreUnsafe(ref samples, i + 16);
            }

            Lerp256(ref a, ref b, length - 32, w0, w1).StoreUnsafe(ref samples, length - 32);
            Lerp256(ref a, ref b, length - 16, w0, w1).StoreUnsafe(ref samples, length - 16);
        }
        else if (length >= 16)
        {
            var (w0, w1) = (Vector128.Create((ushort)(RowWeights - weight)), Vector128.Create(weight));
            for (; i + 16 <= length; i += 16) Lerp16(ref a, ref b, ref samples, i, w0, w1);
            Lerp16(ref a, ref b, ref samples, length - 16, w0, w1);
        }
        else
        {
            for (var j = 0; j < upper.Length; j++) to[j] = Lerp(upper[j], lower[j], weight);
        }
    }

    /// <summary>The scalar twin, for rows shorter than a vector.</summary>
    private static short Lerp(byte upper, byte lower, int weight) => (short)((upper * (RowWeights - weight)) + (lower * weight) - 0x8000);

    /// <summary>32 samples. Products and sum fit 16 bits without a sign; turning the top bit takes 0x8000 away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Lerp512(ref byte a, ref byte b, nuint i, Vector512<ushort> w0, Vector512<ushort> w1) =>
        (((Vector512.WidenLower(Vector256.LoadUnsafe(ref a, i).ToVector512Unsafe()) * w0)
        + (Vector512.WidenLower(Vector256.LoadUnsafe(ref b, i).ToVector512Unsafe()) * w1)) ^ Vector512.Create((ushort)0x8000)).AsInt16();

    /// <summary>16 samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Lerp256(ref byte a, ref byte b, nuint i, Vector256<ushort> w0, Vector256<ushort> w1) =>
        (((Vector256.WidenLower(Vector128.LoadUnsafe(ref a, i).ToVector256Unsafe()) * w0)
        + (Vector256.WidenLower(Vector128.LoadUnsafe(ref b, i).ToVector256Unsafe()) * w1)) ^ Vector256.Create((ushort)0x8000)).AsInt16();

    /// <summary>16 samples in two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Lerp16(ref byte a, ref byte b, ref short to, nuint i, Vector128<ushort> w0, Vector128<ushort> w1)
    {
        var (upper, lower) = (Vector128.LoadUnsafe(ref a, i), Vector128.LoadUnsafe(ref b, i));
        Lerp128(Vector128.WidenLower(upper), Vector128.WidenLower(lower), w0, w1).StoreUnsafe(ref to, i);
        Lerp128(Vector128.WidenUpper(upper), Vector128.WidenUpper(lower), w0, w1).StoreUnsafe(ref to, i + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Lerp128(Vector128<ushort> a, Vector128<ushort> b, Vector128<ushort> w0, Vector128<ushort> w1) =>
        (((a * w0) + (b * w1)) ^ Vector128.Create((ushort)0x8000)).AsInt16();
}
