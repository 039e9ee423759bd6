using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeVision.Inference;

/// <summary>One row of samples to one row of each colour: the same kernel for every frame format, at three widths.</summary>
public sealed partial class Preprocessor
{
    private void WriteColumns(ReadOnlySpan<short> samples, Span<float> first, Span<float> second, Span<float> third)
    {
        // Proof of bounds, of all three kernels: a load of 8 samples ends at LastSample at the latest; a block is stored at StartOf ≤ length − block;
        // Offsets has an entry, Table 32 bytes for each pixel of each block.
        var width = Math.Max(_columns.Width, _columns.Block);
        if (samples.Length <= _columns.LastSample || first.Length < width || second.Length < width || third.Length < width
            || _columns.Offsets.Length < _columns.Blocks * _columns.Block || _columns.Table.Length < _columns.Offsets.Length * 32)
        {
            throw new UnreachableException("Rows and columns are prepared together.");
        }

        ref var from = ref Unsafe.As<short, byte>(ref MemoryMarshal.GetReference(samples));
        ref var a = ref MemoryMarshal.GetReference(first);
        ref var b = ref MemoryMarshal.GetReference(second);
        ref var c = ref MemoryMarshal.GetReference(third);
        if (_width == VectorWidth.Bits512) WriteColumns512(ref from, ref a, ref b, ref c);
        else if (_width == VectorWidth.Bits256) WriteColumns256(ref from, ref a, ref b, ref c);
        else WriteColumns128(ref from, ref a, ref b, ref c);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteColumns128(ref byte from, ref float first, ref float second, ref float third)
    {
        ref var offset = ref MemoryMarshal.GetArrayDataReference(_columns.Offsets);
        ref var table = ref MemoryMarshal.GetReference(_columns.Table);
        var (colours, yuv, last) = (_colours, _layout.IsYuv, (nuint)Math.Max(0, _columns.Width - 4));
        var (a0, a1, a2) = (Vector128.Create(colours.First[0]), Vector128.Create(colours.First[1]), Vector128.Create(colours.First[2]));
        var (b0, b1, c1, c2) = (Vector128.Create(colours.Second[0]), Vector128.Create(colours.Second[1]), Vector128.Create(colours.Third[1]), Vector128.Create(colours.Third[2]));
        var (bias0, bias1, bias2) = (Vector128.Create(colours.Bias[0]), Vector128.Create(colours.Bias[1]), Vector128.Create(colours.Bias[2]));
        var (least0, least1, least2) = (Vector128.Create(colours.Least[0]), Vector128.Create(colours.Least[1]), Vector128.Create(colours.Least[2]));
        var (most0, most1, most2) = (Vector128.Create(colours.Most[0]), Vector128.Create(colours.Most[1]), Vector128.Create(colours.Most[2]));
        for (nuint at = 0; ; at = nuint.Min(at + 4, last))
        {
            var (ia, ib, ic) = Transpose(
                Pixels128(ref from, ref offset, ref table, 0),
                Pixels128(ref from, ref offset, ref table, 1),
                Pixels128(ref from, ref offset, ref table, 2),
                Pixels128(ref from, ref offset, ref table, 3));
            var (a, b, c) = (Vector128.ConvertToSingle(ia), Vector128.ConvertToSingle(ib), Vector128.ConvertToSingle(ic));
            if (yuv)
            {
                var value0 = Vector128.MultiplyAddEstimate(b, b0, Vector128.MultiplyAddEstimate(a, a0, bias0));
                var value1 = Vector128.MultiplyAddEstimate(c, c1, Vector128.MultiplyAddEstimate(b, b1, Vector128.MultiplyAddEstimate(a, a1, bias1)));
                var value2 = Vector128.MultiplyAddEstimate(c, c2, Vector128.MultiplyAddEstimate(a, a2, bias2));
                Vector128.MinNative(Vector128.MaxNative(value0, least0), most0).StoreUnsafe(ref first, at);
                Vector128.MinNative(Vector128.MaxNative(value1, least1), most1).StoreUnsafe(ref second, at);
                Vector128.MinNative(Vector128.MaxNative(value2, least2), most2).StoreUnsafe(ref third, at);
            }
            else
            {
                Vector128.MultiplyAddEstimate(a, a0, bias0).StoreUnsafe(ref first, at);
                Vector128.MultiplyAddEstimate(b, b1, bias1).StoreUnsafe(ref second, at);
                Vector128.MultiplyAddEstimate(c, c2, bias2).StoreUnsafe(ref third, at);
            }

            if (at == last) return;
            offset = ref Unsafe.Add(ref offset, 4);
            table = ref Unsafe.Add(ref table, 128);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteColumns256(ref byte from, ref float first, ref float second, ref float third)
    {
        ref var offset = ref MemoryMarshal.GetArrayDataReference(_columns.Offsets);
        ref var table = ref MemoryMarshal.GetReference(_columns.Table);
        var (colours, yuv, last) = (_colours, _layout.IsYuv, (nuint)Math.Max(0, _columns.Width - 8));
        var (a0, a1, a2) = (Vector256.Create(colours.First[0]), Vector256.Create(colours.First[1]), Vector256.Create(colours.First[2]));
        var (b0, b1, c1, c2) = (Vector256.Create(colours.Second[0]), Vector256.Create(colours.Second[1]), Vector256.Create(colours.Third[1]), Vector256.Create(colours.Third[2]));
        var (bias0, bias1, bias2) = (Vector256.Create(colours.Bias[0]), Vector256.Create(colours.Bias[1]), Vector256.Create(colours.Bias[2]));
        var (least0, least1, least2) = (Vector256.Create(colours.Least[0]), Vector256.Create(colours.Least[1]), Vector256.Create(colours.Least[2]));
        var (most0, most1, most2) = (Vector256.Create(colours.Most[0]), Vector256.Create(colours.Most[1]), Vector256.Create(colours.Most[2]));
        for (nuint at = 0; ; at = nuint.Min(at + 8, last))
        {
            var (ia, ib, ic) = Transpose(
                Pixels256(ref from, ref offset, ref table, 0),
                Pixels256(ref from, ref offset, ref table, 1),
                Pixels256(ref from, ref offset, ref table, 2),
                Pixels256(ref from, ref offset, ref table, 3));
            var (a, b, c) = (Vector256.ConvertToSingle(ia), Vector256.ConvertToSingle(ib), Vector256.ConvertToSingle(ic));
            if (yuv)
            {
                var value0 = Vector256.MultiplyAddEstimate(b, b0, Vector256.MultiplyAddEstimate(a, a0, bias0));
                var value1 = Vector256.MultiplyAddEstimate(c, c1, Vector256.MultiplyAddEstimate(b, b1, Vector256.MultiplyAddEstimate(a, a1, bias1)));
                var value2 = Vector256.MultiplyAddEstimate(c, c2, Vector256.MultiplyAddEstimate(a, a2, bias2));
                Vector256.MinNative(Vector256.MaxNative(value0, least0), most0).StoreUnsafe(ref first, at);
                Vector256.MinNative(Vector256.MaxNative(value1, least1), most1).StoreUnsafe(ref second, at);
                Vector256.MinNative(Vector256.MaxNative(value2, least2), most2).StoreUnsafe(ref third, at);
            }
            else
            {
                Vector256.MultiplyAddEstimate(a, a0, bias0).StoreUnsafe(ref first, at);
                Vector256.MultiplyAddEstimate(b, b1, bias1).StoreUnsafe(ref second, at);
                Vector256.MultiplyAddEstimate(c, c2, bias2).StoreUnsafe(ref third, at);
            }

            if (at == last) return;
            offset = ref Unsafe.Add(ref offset, 8);
            table = ref Unsafe.Add(ref table, 256);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteColumns512(ref byte from, ref float first, ref float second, ref float third)
    {
        ref var offset = ref MemoryMarshal.GetArrayDataReference(_columns.Offsets);
        ref var table = ref MemoryMarshal.GetReference(_columns.Table);
        var (colours, yuv, last) = (_colours, _layout.IsYuv, (nuint)Math.Max(0, _columns.Width - 16));
        var (a0, a1, a2) = (Vector512.Create(colours.First[0]), Vector512.Create(colours.First[1]), Vector512.Create(colours.First[2]));
        var (b0, b1, c1, c2) = (Vector512.Create(colours.Second[0]), Vector512.Create(colours.Second[1]), Vector512.Create(colours.Third[1]), Vector512.Create(colours.Third[2]));
        var (bias0, bias1, bias2) = (Vector512.Create(colours.Bias[0]), Vector512.Create(colours.Bias[1]), Vector512.Create(colours.Bias[2]));
        var (least0, least1, least2) = (Vector512.Create(colours.Least[0]), Vector512.Create(colours.Least[1]), Vector512.Create(colours.Least[2]));
        var (most0, most1, most2) = (Vector512.Create(colours.Most[0]), Vector512.Create(colours.Most[1]), Vector512.Create(colours.Most[2]));
        for (nuint at = 0; ; at = nuint.Min(at + 16, last))
        {
            var (ia, ib, ic) = Transpose(
                Pixels512(ref from, ref offset, ref table, 0),
                Pixels512(ref from, ref offset, ref table, 1),
                Pixels512(ref from, ref offset, ref table, 2),
                Pixels512(ref from, ref offset, ref table, 3));
            var (a, b, c) = (Vector512.ConvertToSingle(ia), Vector512.ConvertToSingle(ib), Vector512.ConvertToSingle(ic));
            if (yuv)
            {
                var value0 = Vector512.MultiplyAddEstimate(b, b0, Vector512.MultiplyAddEstimate(a, a0, bias0));
                var value1 = Vector512.MultiplyAddEstimate(c, c1, Vector512.MultiplyAddEstimate(b, b1, Vector512.MultiplyAddEstimate(a, a1, bias1)));
                var value2 = Vector512.MultiplyAddEstimate(c, c2, Vector512.MultiplyAddEstimate(a, a2, bias2));
                Vector512.MinNative(Vector512.MaxNative(value0, least0), most0).StoreUnsafe(ref first, at);
                Vector512.MinNative(Vector512.MaxNative(value1, least1), most1).StoreUnsafe(ref second, at);
                Vector512.MinNative(Vector512.MaxNative(value2, least2), most2).StoreUnsafe(ref third, at);
            }
            else
            {
                Vector512.MultiplyAddEstimate(a, a0, bias0).StoreUnsafe(ref first, at);
                Vector512.MultiplyAddEstimate(b, b1, bias1).StoreUnsafe(ref second, at);
                Vector512.MultiplyAddEstimate(c, c2, bias2).StoreUnsafe(ref third, at);
            }

            if (at == last) return;
            offset = ref Unsafe.Add(ref offset, 16);
            table = ref Unsafe.Add(ref table, 512);
        }
    }

    /// <summary>The three channels of a pixel, between its left and right samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Pixels128(ref byte from, ref int offset, ref byte table, [ConstantExpected] int index)
    {
        var samples = Load(ref from, Unsafe.Add(ref offset, index));
        var (shuffle, weights) = (Vector128.LoadUnsafe(ref table, (nuint)index * 32), Vector128.LoadUnsafe(ref table, ((nuint)index * 32) + 16));
        return MultiplyAddPairs(Vector128.ShuffleNative(samples, shuffle).AsInt16(), weights.AsInt16());
    }

    /// <summary>Two pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Pixels256(ref byte from, ref int offset, ref byte table, [ConstantExpected] int index)
    {
        var samples = Vector256.Create(Load(ref from, Unsafe.Add(ref offset, 2 * index)), Load(ref from, Unsafe.Add(ref offset, (2 * index) + 1)));
        var (shuffle, weights) = (Vector256.LoadUnsafe(ref table, (nuint)index * 64), Vector256.LoadUnsafe(ref table, ((nuint)index * 64) + 32));
        return Avx2.MultiplyAddAdjacent(Avx2.Shuffle(samples, shuffle).AsInt16(), weights.AsInt16());
    }

    /// <summary>Four pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Pixels512(ref byte from, ref int offset, ref byte table, [ConstantExpected] int index)
    {
        var samples = Vector512.Create(
            Vector256.Create(Load(ref from, Unsafe.Add(ref offset, 4 * index)), Load(ref from, Unsafe.Add(ref offset, (4 * index) + 1))),
            Vector256.Create(Load(ref from, Unsafe.Add(ref offset, (4 * index) + 2)), Load(ref from, Unsafe.Add(ref offset, (4 * index) + 3))));
        var (shuffle, weights) = (Vector512.LoadUnsafe(ref table, (nuint)index * 128), Vector512.LoadUnsafe(ref table, ((nuint)index * 128) + 64));
        return Avx512BW.MultiplyAddAdjacent(Avx512BW.Shuffle(samples, shuffle).AsInt16(), weights.AsInt16());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Load(ref byte from, int offset) => Vector128.LoadUnsafe(ref Unsafe.AddByteOffset(ref from, offset));
}
