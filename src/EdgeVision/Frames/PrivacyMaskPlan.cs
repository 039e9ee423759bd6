using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeVision.Frames;

/// <summary>What a mask does to the bytes of one kind of frame. Immutable.</summary>
internal sealed class PrivacyMaskPlan
{
    /// <summary>Bytes of a block summed up at once: whole units of 1, 2, 3 and 4 bytes.</summary>
    private const int ChunkBytes = 480;

    /// <summary>Rows whose sum still fits 16 bits: 257 times 255.</summary>
    private const int ChunkRows = 257;

    private readonly Run[] _black;
    private readonly Block[] _blocks;
    private readonly Run[] _blackAgain;

    public PrivacyMaskPlan(in PrivacyMaskKind kind, IReadOnlyList<PrivacyMaskOptions> areas)
    {
        Kind = kind;
        var map = new PrivacyMaskMap(kind, areas);
        var planes = PixelPlane.Of(kind.Format);
        _black = RunsOf(map.Black, kind.Format, planes);
        _blackAgain = RunsOf(map.BlackInBlocks(), kind.Format, planes);
        var blocks = new List<Block>();
        foreach (var plane in planes)
        {
            foreach (var block in map.Blocks)
            {
                var (top, bottom) = plane.RowsOf(block.Top, block.Top + block.Height);
                var (left, right) = plane.UnitsOf(block.Left, block.Left + block.Width);
                blocks.Add(new Block(plane.Base + (top * plane.Stride) + (left * plane.UnitBytes), plane.Stride, (right - left) * plane.UnitBytes, bottom - top, plane.UnitBytes, plane.FirstLuma));
            }
        }

        _blocks = [.. blocks];
    }

    public PrivacyMaskKind Kind { get; }

    public void Apply(Span<byte> pixels)
    {
        // Black first: nothing of it must be in the mean of a block.
        Fill(pixels, _black);
        foreach (ref readonly var block in _blocks.AsSpan()) Pixelate(pixels, block);
        Fill(pixels, _blackAgain);
    }

    private static void Fill(Span<byte> pixels, Run[] runs)
    {
        foreach (ref readonly var run in runs.AsSpan())
        {
            var bytes = pixels.Slice(run.At, run.Length);
            var value = (byte)run.Pattern;
            if (run.Pattern == value * 0x01010101u) bytes.Fill(value);
            else MemoryMarshal.Cast<byte, uint>(bytes).Fill(run.Pattern);
        }
    }

    /// <summary>Every unit becomes the mean of all.</summary>
    private static void Pixelate(Span<byte> pixels, in Block block)
    {
        Span<long> sums = stackalloc long[4];
        sums.Clear();
        for (var column = 0; column < block.RowBytes; column += ChunkBytes)
        {
            for (var row = 0; row < block.Rows; row += ChunkRows)
                AddUp(pixels[(block.At + (row * block.Stride) + column)..], block.Stride, Math.Min(ChunkBytes, block.RowBytes - column), Math.Min(ChunkRows, block.Rows - row), block.UnitBytes, sums);
        }

        var units = block.RowBytes / block.UnitBytes * (long)block.Rows;
        Span<byte> mean = stackalloc byte[4];
        for (var i = 0; i < block.UnitBytes; i++) mean[i] = (byte)((sums[i] + (units / 2)) / units);
        if (block.FirstLuma is >= 0 and var first) mean[first] = mean[first + 2] = (byte)((sums[first] + sums[first + 2] + units) / (2 * units));

        var line = pixels.Slice(block.At, block.RowBytes);
        FillUnits(line, mean[..block.UnitBytes]);
        for (var row = 1; row < block.Rows; row++) line.CopyTo(pixels.Slice(block.At + (row * block.Stride), block.RowBytes));
    }

    /// <summary>Adds to the sum of each byte of a unit. Columns are summed up first, whatever they are: that is the same for all formats, and as wide as the machine is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddUp(ReadOnlySpan<byte> pixels, int stride, int bytes, int rows, int unitBytes, Span<long> sums)
    {
        Span<ushort> columns = stackalloc ushort[ChunkBytes];
        columns.Clear();
        // Whole vectors, where the frame goes on: what lies beside the block is added up for nothing, and cheaper than the rest byte by byte.
        var whole = (bytes + Vector<byte>.Count - 1) / Vector<byte>.Count * Vector<byte>.Count;
        if (whole > ChunkBytes || ((rows - 1) * (long)stride) + whole > pixels.Length) whole = bytes / Vector<byte>.Count * Vector<byte>.Count;
        ref var sum = ref MemoryMarshal.GetReference(columns);
        for (var row = 0; row < rows; row++)
        {
            // Proof of bounds: the line and the sums have `whole` values.
            ref var line = ref MemoryMarshal.GetReference(pixels.Slice(row * stride, Math.Max(whole, bytes)));
            for (nuint i = 0; i < (nuint)whole; i += (nuint)Vector<byte>.Count)
            {
                Vector.Widen(Vector.LoadUnsafe(ref line, i), out var low, out var high);
                (Vector.LoadUnsafe(ref sum, i) + low).StoreUnsafe(ref sum, i);
                (Vector.LoadUnsafe(ref sum, i + (nuint)Vector<ushort>.Count) + high).StoreUnsafe(ref sum, i + (nuint)Vector<ushort>.Count);
            }

            for (var i = whole; i < bytes; i++) columns[i] += pixels[(row * stride) + i];
        }

        for (var i = 0; i < bytes; i += unitBytes)
        {
            for (var j = 0; j < unitBytes; j++) sums[j] += columns[i + j];
        }
    }

    private static void FillUnits(Span<byte> line, ReadOnlySpan<byte> unit)
    {
        if (unit.Length == 1) line.Fill(unit[0]);
        else if (unit.Length == 2) MemoryMarshal.Cast<byte, ushort>(line).Fill(MemoryMarshal.Read<ushort>(unit));
        else if (unit.Length == 4) MemoryMarshal.Cast<byte, uint>(line).Fill(MemoryMarshal.Read<uint>(unit));
        else
        {
            for (var i = 0; i < line.Length; i++) line[i] = unit[i % unit.Length];
        }
    }

    private static Run[] RunsOf(bool[] map, in FrameFormat format, PixelPlane[] planes)
    {
        var runs = new List<Run>();
        foreach (var plane in planes)
        {
            var (_, rows) = plane.RowsOf(0, format.Height);
            for (var row = 0; row < rows; row++) AddRow(map, format, plane, row, runs);
        }

        return [.. runs];
    }

    private static void AddRow(bool[] map, in FrameFormat format, in PixelPlane plane, int row, List<Run> runs)
    {
        var (_, units) = plane.UnitsOf(0, format.Width);
        for (var unit = 0; unit < units; unit++)
        {
            if (!IsTouched(map, format, plane, unit, row)) continue;
            var at = plane.Base + (row * plane.Stride) + (unit * plane.UnitBytes);
            if (runs.Count > 0 && runs[^1] is var last && last.At + last.Length == at && last.Pattern == plane.Black) runs[^1] = last with { Length = last.Length + plane.UnitBytes };
            else runs.Add(new Run(at, plane.UnitBytes, plane.Black));
        }
    }

    /// <summary>Any of the pixels that share the unit.</summary>
    private static bool IsTouched(bool[] map, in FrameFormat format, in PixelPlane plane, int unit, int row)
    {
        for (var y = row << plane.RowShift; y < Math.Min(format.Height, (row + 1) << plane.RowShift); y++)
        {
            for (var x = unit << plane.ColumnShift; x < Math.Min(format.Width, (unit + 1) << plane.ColumnShift); x++)
            {
                if (map[(y * format.Width) + x]) return true;
            }
        }

        return false;
    }

    /// <summary>Bytes that become black: whole units.</summary>
    private readonly record struct Run(int At, int Length, uint Pattern);

    /// <summary>Units of one plane that become one.</summary>
    private readonly record struct Block(int At, int Stride, int RowBytes, int Rows, int UnitBytes, int FirstLuma);
}
