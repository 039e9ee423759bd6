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
        // offsets, shuffles and weights have an entry for each pixel of each block.
        var width = Math.Max(_columns.Width, _columns.Block);
        if (samples.Length <= _columns.LastSample || first.Length < width || second.Length < width || third.Length < width
            || _columns.Offsets.Length < _columns.Blocks * _columns.Block || _columns.Shuffles.Length < _columns.Offsets.Length * 16 || _columns.Weights.Length < _columns.Offsets.Length * 2)
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
        ref var shuffle = ref MemoryMarshal.GetReference(_columns.Shuffles);
        ref var weight = ref MemoryMarshal.GetReference(_columns.Weights);
        var (colours, yuv, last) = (_colours, _layout.IsYuv, (nuint)Math.Max(0, _columns.Width - 4));
        var (a0, a1, a2) = (Vector128.Create(colours.First[0]), Vector128.Create(colours.First[1]), Vector128.Create(colours.First[2]));
        var (b0, b1, c1, c2) = (Vector128.Create(colours.Second[0]), Vector128.Create(colours.Second[1]), Vector128.Create(colours.Third[1]), Vector128.Create(colours.Third[2]));
        var (bias0, bias1, bias2) = (Vector128.Create(colours.Bias[0]), Vector128.Create(colours.Bias[1]), Vector128.Create(colours.Bias[2]));
        var (least0, least1, least2) = (Vector128.Create(colours.Least[0]), Vector128.Create(colours.Least[1]), Vector128.Create(colours.Least[2]));
        var (most0, most1, most2) = (Vector128.Create(colours.Most[0]), Vector128.Create(colours.Most[1]), Vector128.Create(colours.Most[2]));
        for (nuint at = 0; ; at = nuint.Min(at + 4, last))
        {
            var (pa, pb, pc) = Transpose(
                Samples128(ref from, ref offset, ref shuffle, 0),
                Samples128(ref from, ref offset, ref shuffle, 1),
                Samples128(ref from, ref offset, ref shuffle, 2),
                Samples128(ref from, ref offset, ref shuffle, 3));
            var weights = Vector128.LoadUnsafe(ref weight);
            var a = Vector128.ConvertToSingle(MultiplyAddPairs(pa.AsInt16(), weights));
            var b = Vector128.ConvertToSingle(MultiplyAddPairs(pb.AsInt16(), weights));
            var c = Vector128.ConvertToSingle(MultiplyAddPairs(pc.AsInt16(), weights));
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
            shuffle = ref Unsafe.Add(ref shuffle, 64);
            weight = ref Unsafe.Add(ref weight, 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteColumns256(ref byte from, ref float first, ref float second, ref float third)
    {
        ref var offset = ref MemoryMarshal.GetArrayDataReference(_columns.Offsets);
        ref var shuffle = ref MemoryMarshal.GetReference(_columns.Shuffles);
        ref var weight = ref MemoryMarshal.GetReference(_columns.Weights);
        var (colours, yuv, last) = (_colours, _layout.IsYuv, (nuint)Math.Max(0, _columns.Width - 8));
        var (a0, a1, a2) = (Vector256.Create(colours.First[0]), Vector256.Create(colours.First[1]), Vector256.Create(colours.First[2]));
        var (b0, b1, c1, c2) = (Vector256.Create(colours.Second[0]), Vector256.Create(colours.Second[1]), Vector256.Create(colours.Third[1]), Vector256.Create(colours.Third[2]));
        var (bias0, bias1, bias2) = (Vector256.Create(colours.Bias[0]), Vector256.Create(colours.Bias[1]), Vector256.Create(colours.Bias[2]));
        var (least0, least1, least2) = (Vector256.Create(colours.Least[0]), Vector256.Create(colours.Least[1]), Vector256.Create(colours.Least[2]));
        var (most0, most1, most2) = (Vector256.Create(colours.Most[0]), Vector256.Create(colours.Most[1]), Vector256.Create(colours.Most[2]));
        for (nuint at = 0; ; at = nuint.Min(at + 8, last))
        {
            var (pa, pb, pc) = Transpose(
                Samples256(ref from, ref offset, ref shuffle, 0),
                Samples256(ref from, ref offset, ref shuffle, 1),
                Samples256(ref from, ref offset, ref shuffle, 2),
                Samples256(ref from, ref offset, ref shuffle, 3));
            var weights = Vector256.LoadUnsafe(ref weight);
            var a = Vector256.ConvertToSingle(MultiplyAddPairs(pa.AsInt16(), weights));
            var b = Vector256.ConvertToSingle(MultiplyAddPairs(pb.AsInt16(), weights));
            var c = Vector256.ConvertToSingle(MultiplyAddPairs(pc.AsInt16(), weights));
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
            shuffle = ref Unsafe.Add(ref shuffle, 128);
            weight = ref Unsafe.Add(ref weight, 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteColumns512(ref byte from, ref float first, ref float second, ref float third)
    {
        ref var offset = ref MemoryMarshal.GetArrayDataReference(_columns.Offsets);
        ref var shuffle = ref MemoryMarshal.GetReference(_columns.Shuffles);
        ref var weight = ref MemoryMarshal.GetReference(_columns.Weights);
        var (colours, yuv, last) = (_colours, _layout.IsYuv, (nuint)Math.Max(0, _columns.Width - 16));
        var (a0, a1, a2) = (Vector512.Create(colours.First[0]), Vector512.Create(colours.First[1]), Vector512.Create(colours.First[2]));
        var (b0, b1, c1, c2) = (Vector512.Create(colours.Second[0]), Vector512.Create(colours.Second[1]), Vector512.Create(colours.Third[1]), Vector512.Create(colours.Third[2]));
        var (bias0, bias1, bias2) = (Vector512.Create(colours.Bias[0]), Vector512.Create(colours.Bias[1]), Vector512.Create(colours.Bias[2]));
        var (least0, least1, least2) = (Vector512.Create(colours.Least[0]), Vector512.Create(colours.Least[1]), Vector512.Create(colours.Least[2]));
        var (most0, most1, most2) = (Vector512.Create(colours.Most[0]), Vector512.Create(colours.Most[1]), Vector512.Create(colours.Most[2]));
        for (nuint at = 0; ; at = nuint.Min(at + 16, last))
        {
            var (pa, pb, pc) = Transpose(
                Samples512(ref from, ref offset, ref shuffle, 0),
                Samples512(ref from, ref offset, ref shuffle, 1),
                Samples512(ref from, ref offset, ref shuffle, 2),
                Samples512(ref from, ref offset, ref shuffle, 3));
            var weights = Vector512.LoadUnsafe(ref weight);
            var a = Vector512.ConvertToSingle(MultiplyAddPairs(pa.AsInt16(), weights));
            var b = Vector512.ConvertToSingle(MultiplyAddPairs(pb.AsInt16(), weights));
            var c = Vector512.ConvertToSingle(MultiplyAddPairs(pc.AsInt16(), weights));
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
            shuffle = ref Unsafe.Add(ref shuffle, 256);
            weight = ref Unsafe.Add(ref weight, 32);
        }
    }

    /// <summary>Left and right sample of the three channels of a pixel, as three pairs and nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Samples128(ref byte from, ref int offset, ref byte shuffle, [ConstantExpected] int index) =>
        Vector128.ShuffleNative(Load(ref from, Unsafe.Add(ref offset, index)), Vector128.LoadUnsafe(ref shuffle, (nuint)index * 16)).AsInt32();

    /// <summary>Of two pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Samples256(ref byte from, ref int offset, ref byte shuffle, [ConstantExpected] int index)
    {
        var samples = Vector256.Create(Load(ref from, Unsafe.Add(ref offset, 2 * index)), Load(ref from, Unsafe.Add(ref offset, (2 * index) + 1)));
        return Avx2.Shuffle(samples, Vector256.LoadUnsafe(ref shuffle, (nuint)index * 32)).AsInt32();
    }

    /// <summary>Of four pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Samples512(ref byte from, ref int offset, ref byte shuffle, [ConstantExpected] int index)
    {
        var samples = Vector512.Create(
            Vector256.Create(Load(ref from, Unsafe.Add(ref offset, 4 * index)), Load(ref from, Unsafe.Add(ref offset, (4 * index) + 1))),
            Vector256.Create(Load(ref from, Unsafe.Add(ref offset, (4 * index) + 2)), Load(ref from, Unsafe.Add(ref offset, (4 * index) + 3))));
        return Avx512BW.Shuffle(samples, Vector512.LoadUnsafe(ref shuffle, (nuint)index * 64)).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Load(ref byte from, int offset) => Vector128.LoadUnsafe(ref Unsafe.AddByteOffset(ref from, offset));
}
