using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>Rows of floats into tensors of other types and layouts: interleaved where pixels are whole, then converted.</summary>
public sealed partial class Preprocessor
{
    private void StoreRow(ReadOnlySpan<float> first, ReadOnlySpan<float> second, ReadOnlySpan<float> third, int x, int y, int width)
    {
        if (_input.Layout == TensorLayout.Nchw)
        {
            StoreValues(first[..width], IndexOf(0, x, y));
            StoreValues(second[..width], IndexOf(1, x, y));
            StoreValues(third[..width], IndexOf(2, x, y));
        }
        else if (_input.Element == TensorElement.Float32)
        {
            Interleave(first, second, third, _tensor.Floats.Slice(IndexOf(0, x, y), 3 * width));
        }
        else
        {
            var pixels = _interleaved.As<float>()[..(3 * width)];
            Interleave(first, second, third, pixels);
            StoreValues(pixels, IndexOf(0, x, y));
        }
    }

    private void StoreValues(ReadOnlySpan<float> values, int index)
    {
        if (_input.Element == TensorElement.Float32) values.CopyTo(_tensor.Floats[index..]);
        else if (_input.Element == TensorElement.Float16) TensorPrimitives.ConvertToHalf(values, _tensor.Halves.Slice(index, values.Length));
        else ToBytes(values, _tensor.Bytes.Slice(index, values.Length));
    }

    private static void Interleave(ReadOnlySpan<float> first, ReadOnlySpan<float> second, ReadOnlySpan<float> third, Span<float> pixels)
    {
        var width = pixels.Length / 3;
        ref var a = ref MemoryMarshal.GetReference(first[..width]);
        ref var b = ref MemoryMarshal.GetReference(second[..width]);
        ref var c = ref MemoryMarshal.GetReference(third[..width]);
        ref var to = ref MemoryMarshal.GetReference(pixels);
        nuint x = 0, end = (nuint)width;

        // A pixel is stored with one float too many, which the next one overwrites: so one pixel must follow.
        for (; x + 5 <= end; x += 4)
        {
            var (a4, b4, c4) = (Vector128.LoadUnsafe(ref a, x).AsInt32(), Vector128.LoadUnsafe(ref b, x).AsInt32(), Vector128.LoadUnsafe(ref c, x).AsInt32());
            var (ab01, ab23, c01, c23) = (ZipLow(a4, b4).AsInt64(), ZipHigh(a4, b4).AsInt64(), ZipLow(c4, c4).AsInt64(), ZipHigh(c4, c4).AsInt64());
            ZipLow(ab01, c01).AsSingle().StoreUnsafe(ref to, 3 * x);
            ZipHigh(ab01, c01).AsSingle().StoreUnsafe(ref to, (3 * x) + 3);
            ZipLow(ab23, c23).AsSingle().StoreUnsafe(ref to, (3 * x) + 6);
            ZipHigh(ab23, c23).AsSingle().StoreUnsafe(ref to, (3 * x) + 9);
        }

        for (; x < end; x++)
        {
            Unsafe.Add(ref to, 3 * x) = Unsafe.Add(ref a, x);
            Unsafe.Add(ref to, (3 * x) + 1) = Unsafe.Add(ref b, x);
            Unsafe.Add(ref to, (3 * x) + 2) = Unsafe.Add(ref c, x);
        }
    }

    private static void ToBytes(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        ref var from = ref MemoryMarshal.GetReference(values[..bytes.Length]);
        ref var to = ref MemoryMarshal.GetReference(bytes);
        nuint i = 0, length = (nuint)bytes.Length;
        for (; i + 16 <= length; i += 16)
        {
            var low = Vector128.Narrow(Rounded(ref from, i), Rounded(ref from, i + 4));
            var high = Vector128.Narrow(Rounded(ref from, i + 8), Rounded(ref from, i + 12));
            Vector128.Narrow(low.AsUInt16(), high.AsUInt16()).StoreUnsafe(ref to, i);
        }

        for (; i < length; i++) Unsafe.Add(ref to, i) = ToByte(Unsafe.Add(ref from, i));
    }

    /// <summary>As <see cref="ToByte"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Rounded(ref float from, nuint i) => Vector128.ConvertToInt32Native(
        Vector128.MinNative(Vector128.MaxNative(Vector128.LoadUnsafe(ref from, i), Vector128<float>.Zero), Vector128.Create(255f)) + Vector128.Create(0.5f));
}
