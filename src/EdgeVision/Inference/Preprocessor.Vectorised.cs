using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// The same in vectors. First two source rows become one row of floats that stays in the L1 cache; contiguous, so as wide as the machine is.
/// Then four input pixels at a time: a pixel's three colours are one load of four floats, and four pixels transposed are the planes.
/// </summary>
public sealed partial class Preprocessor
{
    private void WriteVectorised(ReadOnlySpan<byte> pixels)
    {
        var length = _format.Width * _pixels.Size;
        for (var y = 0; y < _rows.Length; y++)
        {
            var row = _rows[y];
            LerpRows(pixels.Slice(row.First, length), pixels.Slice(row.Second, length), row.Weight);
            if (_input.Layout == TensorLayout.Nchw) WritePlanes(y);
            else WritePixels(y);
        }
    }

    /// <summary>Upper and lower row into the scratch row.</summary>
    private void LerpRows(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, float weight)
    {
        Debug.Assert(upper.Length == lower.Length && upper.Length <= _scratch.Length, "The scratch row holds a source row.");
        ref var a = ref MemoryMarshal.GetReference(upper);
        ref var b = ref MemoryMarshal.GetReference(lower);
        ref var to = ref MemoryMarshal.GetArrayDataReference(_scratch);
        nuint i = 0, length = (nuint)upper.Length;
        if (Vector512.IsHardwareAccelerated && _widest >= VectorWidth.Bits512)
        {
            var w = Vector512.Create(weight);
            for (; i + 16 <= length; i += 16)
            {
                var x = ToFloats512(Vector128.LoadUnsafe(ref a, i));
                Vector512.FusedMultiplyAdd(ToFloats512(Vector128.LoadUnsafe(ref b, i)) - x, w, x).StoreUnsafe(ref to, i);
            }
        }
        else if (Vector256.IsHardwareAccelerated && _widest >= VectorWidth.Bits256)
        {
            var w = Vector256.Create(weight);
            for (; i + 16 <= length; i += 16)
            {
                var x = Vector256.WidenLower(Vector128.LoadUnsafe(ref a, i).ToVector256Unsafe());
                var y = Vector256.WidenLower(Vector128.LoadUnsafe(ref b, i).ToVector256Unsafe());
                Lerp(ToFloats256(Vector256.WidenLower(x)), ToFloats256(Vector256.WidenLower(y)), w).StoreUnsafe(ref to, i);
                Lerp(ToFloats256(Vector256.WidenUpper(x)), ToFloats256(Vector256.WidenUpper(y)), w).StoreUnsafe(ref to, i + 8);
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            var w = Vector128.Create(weight);
            for (; i + 16 <= length; i += 16)
            {
                var (x, y) = (Vector128.LoadUnsafe(ref a, i), Vector128.LoadUnsafe(ref b, i));
                var (xl, yl) = (Vector128.WidenLower(x), Vector128.WidenLower(y));
                var (xu, yu) = (Vector128.WidenUpper(x), Vector128.WidenUpper(y));
                Lerp(ToFloats128(Vector128.WidenLower(xl)), ToFloats128(Vector128.WidenLower(yl)), w).StoreUnsafe(ref to, i);
                Lerp(ToFloats128(Vector128.WidenUpper(xl)), ToFloats128(Vector128.WidenUpper(yl)), w).StoreUnsafe(ref to, i + 4);
                Lerp(ToFloats128(Vector128.WidenLower(xu)), ToFloats128(Vector128.WidenLower(yu)), w).StoreUnsafe(ref to, i + 8);
                Lerp(ToFloats128(Vector128.WidenUpper(xu)), ToFloats128(Vector128.WidenUpper(yu)), w).StoreUnsafe(ref to, i + 12);
            }
        }

        for (; i < length; i++) Unsafe.Add(ref to, i) = Lerp(Unsafe.Add(ref a, i), Unsafe.Add(ref b, i), weight);
    }

    /// <summary>Scratch row to one row of each plane.</summary>
    private void WritePlanes(int y)
    {
        // A plane is named by the pixel's byte that it takes: no lane is moved for the colour order.
        var (first, third) = _pixels.Reversed ? (2, 0) : (0, 2);
        ref var tensor = ref MemoryMarshal.GetReference(_tensor.Floats);
        ref var plane0 = ref Unsafe.Add(ref tensor, IndexOf(first, 0, y));
        ref var plane1 = ref Unsafe.Add(ref tensor, IndexOf(1, 0, y));
        ref var plane2 = ref Unsafe.Add(ref tensor, IndexOf(third, 0, y));
        ref var scratch = ref MemoryMarshal.GetArrayDataReference(_scratch);
        var (scale0, scale1, scale2) = (Vector128.Create(_scale[first]), Vector128.Create(_scale[1]), Vector128.Create(_scale[third]));
        var (bias0, bias1, bias2) = (Vector128.Create(_bias[first]), Vector128.Create(_bias[1]), Vector128.Create(_bias[third]));
        var columns = _columns.AsSpan();
        var x = 0;
        for (; x + 4 <= columns.Length; x += 4)
        {
            var p0 = PixelAt(ref scratch, in columns[x]);
            var p1 = PixelAt(ref scratch, in columns[x + 1]);
            var p2 = PixelAt(ref scratch, in columns[x + 2]);
            var p3 = PixelAt(ref scratch, in columns[x + 3]);
            Transpose(p0, p1, p2, p3, out var c0, out var c1, out var c2);
            Vector128.FusedMultiplyAdd(c0, scale0, bias0).StoreUnsafe(ref plane0, (nuint)x);
            Vector128.FusedMultiplyAdd(c1, scale1, bias1).StoreUnsafe(ref plane1, (nuint)x);
            Vector128.FusedMultiplyAdd(c2, scale2, bias2).StoreUnsafe(ref plane2, (nuint)x);
        }

        for (; x < columns.Length; x++)
        {
            var pixel = PixelAt(ref scratch, in columns[x]);
            Unsafe.Add(ref plane0, x) = (pixel.GetElement(0) * scale0.ToScalar()) + bias0.ToScalar();
            Unsafe.Add(ref plane1, x) = (pixel.GetElement(1) * scale1.ToScalar()) + bias1.ToScalar();
            Unsafe.Add(ref plane2, x) = (pixel.GetElement(2) * scale2.ToScalar()) + bias2.ToScalar();
        }
    }

    /// <summary>Scratch row to one row of interleaved pixels.</summary>
    private void WritePixels(int y)
    {
        ref var to = ref Unsafe.Add(ref MemoryMarshal.GetReference(_tensor.Floats), IndexOf(0, 0, y));
        ref var scratch = ref MemoryMarshal.GetArrayDataReference(_scratch);
        var order = _pixels.Reversed ? Vector128.Create(2, 1, 0, 3) : Vector128.Create(0, 1, 2, 3);
        var scale = Vector128.Create(_scale[0], _scale[1], _scale[2], 0);
        var bias = Vector128.Create(_bias[0], _bias[1], _bias[2], 0);
        var columns = _columns.AsSpan();
        for (var x = 0; x < columns.Length; x++, to = ref Unsafe.Add(ref to, 3))
        {
            var pixel = Vector128.FusedMultiplyAdd(Vector128.Shuffle(PixelAt(ref scratch, in columns[x]), order), scale, bias);
            if (x < columns.Length - 1)
            {
                // The fourth float falls on the next pixel, which is written after this one.
                pixel.StoreUnsafe(ref to);
                continue;
            }

            to = pixel.GetElement(0);
            Unsafe.Add(ref to, 1) = pixel.GetElement(1);
            Unsafe.Add(ref to, 2) = pixel.GetElement(2);
        }
    }

    /// <summary>Three colours, and in the last lane whatever follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PixelAt(ref float scratch, in SourceColumn column) => Lerp(
        Vector128.LoadUnsafe(ref scratch, (nuint)column.First), Vector128.LoadUnsafe(ref scratch, (nuint)column.Second), Vector128.Create(column.Weight));

    /// <summary>Four pixels to three planes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Vector128<float> p0, Vector128<float> p1, Vector128<float> p2, Vector128<float> p3,
        out Vector128<float> c0, out Vector128<float> c1, out Vector128<float> c2)
    {
        if (Sse.IsSupported)
        {
            var (low01, low23) = (Sse.UnpackLow(p0, p1), Sse.UnpackLow(p2, p3));
            c0 = Sse.MoveLowToHigh(low01, low23);
            c1 = Sse.MoveHighToLow(low23, low01);
            c2 = Sse.MoveLowToHigh(Sse.UnpackHigh(p0, p1), Sse.UnpackHigh(p2, p3));
        }
        else if (AdvSimd.Arm64.IsSupported)
        {
            var (low02, low13) = (AdvSimd.Arm64.ZipLow(p0, p2), AdvSimd.Arm64.ZipLow(p1, p3));
            c0 = AdvSimd.Arm64.ZipLow(low02, low13);
            c1 = AdvSimd.Arm64.ZipHigh(low02, low13);
            c2 = AdvSimd.Arm64.ZipLow(AdvSimd.Arm64.ZipHigh(p0, p2), AdvSimd.Arm64.ZipHigh(p1, p3));
        }
        else
        {
            c0 = Vector128.Create(p0.GetElement(0), p1.GetElement(0), p2.GetElement(0), p3.GetElement(0));
            c1 = Vector128.Create(p0.GetElement(1), p1.GetElement(1), p2.GetElement(1), p3.GetElement(1));
            c2 = Vector128.Create(p0.GetElement(2), p1.GetElement(2), p2.GetElement(2), p3.GetElement(2));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Lerp(Vector128<float> a, Vector128<float> b, Vector128<float> weight) => Vector128.FusedMultiplyAdd(b - a, weight, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Lerp(Vector256<float> a, Vector256<float> b, Vector256<float> weight) => Vector256.FusedMultiplyAdd(b - a, weight, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ToFloats512(Vector128<byte> bytes) =>
        Vector512.ConvertToSingle(Vector512.WidenLower(Vector256.WidenLower(bytes.ToVector256Unsafe()).ToVector512Unsafe()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ToFloats256(Vector256<uint> values) => Vector256.ConvertToSingle(values.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ToFloats128(Vector128<uint> values) => Vector128.ConvertToSingle(values.AsInt32());
}
