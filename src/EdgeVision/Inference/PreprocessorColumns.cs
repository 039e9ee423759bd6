using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeVision.Inference;

/// <summary>
/// What the column kernel needs to know, one entry a pixel of the picture. The two samples of all three channels that a pixel lies between are
/// within 16 bytes of the scratch row for every frame format; so a pixel is one load and one shuffle, and formats differ only
/// in this table.
/// </summary>
internal sealed class PreprocessorColumns
{
    /// <summary>Bits of a column weight: two of them with samples of 16 bits still fit an int.</summary>
    public const int WeightBits = 14;

    /// <summary>Samples of 16 bits in a load of 16 bytes.</summary>
    public const int SamplesPerLoad = 8;

    /// <summary>No sample: a zero.</summary>
    private const byte None = 0x80;

    private readonly AlignedBytes _shuffles;
    private readonly AlignedBytes _weights;

    /// <summary>Byte offsets into the scratch row, in the order in which the kernel loads.</summary>
    public readonly int[] Offsets;

    /// <param name="layout">Of the frame.</param>
    /// <param name="taps">Left pixel, right pixel, weight of the right one of 2¹⁴; in source pixels.</param>
    /// <param name="left">First source pixel of the scratch row, even where pixels share chroma.</param>
    /// <param name="block">Pixels the kernel writes at once: 4 a lane of 128 bits.</param>
    public PreprocessorColumns(in PreprocessorLayout layout, (int First, int Second, int Weight)[] taps, int left, int block)
    {
        var lanes = block / 4;
        Width = taps.Length;
        Block = block;
        Blocks = (Width + block - 1) / block;
        Offsets = new int[Blocks * block];

        _shuffles = new AlignedBytes(Offsets.Length * 16);
        _weights = new AlignedBytes(Offsets.Length * 2 * sizeof(short));
        Span<int> positions = stackalloc int[6];
        for (var i = 0; i < Offsets.Length; i++)
        {
            // Lane l of load j is pixel j + 4·l: transposing within lanes then leaves the pixels in order.
            var (inBlock, vector, lane) = (i % block, i % block / lanes, i % lanes);
            var tap = taps[Math.Min(StartOf(i / block) + vector + (4 * lane), Width - 1)];
            Positions(layout, tap.First - left, tap.Second - left, positions);
            var offset = positions[0];
            foreach (var position in positions) offset = Math.Min(offset, position);
            Offsets[i] = offset * sizeof(short);
            LastSample = Math.Max(LastSample, offset + SamplesPerLoad - 1);

            var shuffle = Shuffles.Slice(i * 16, 16);
            shuffle.Fill(None);
            for (var sample = 0; sample < positions.Length; sample++)
            {
                var at = positions[sample] - offset;
                Debug.Assert(at is >= 0 and < SamplesPerLoad, "Two neighbours of three channels are within a load.");
                (shuffle[sample * 2], shuffle[(sample * 2) + 1]) = ((byte)(at * 2), (byte)((at * 2) + 1));
            }

            // Weights are of transposed pixels, which are in order.
            var weight = taps[Math.Min(StartOf(i / block) + inBlock, Width - 1)].Weight;
            (Weights[2 * i], Weights[(2 * i) + 1]) = ((short)((1 << WeightBits) - weight), (short)weight);
        }
    }

    /// <summary>Pixels of the picture in a row.</summary>
    public int Width { get; }

    public int Block { get; }

    public int Blocks { get; }

    /// <summary>Index of the last sample of the scratch row that is loaded.</summary>
    public int LastSample { get; }

    /// <summary>16 bytes a pixel in the order of <see cref="Offsets"/>: left and right sample of each channel to the front.</summary>
    public Span<byte> Shuffles => _shuffles.Span;

    /// <summary>Of the left and the right sample, of 2¹⁴, in the order of the picture.</summary>
    public Span<short> Weights => _weights.As<short>();

    /// <summary>First pixel of a block. The last one may overlap the one before: instead of a remainder, some pixels are written twice.</summary>
    public int StartOf(int block) => Math.Max(0, Math.Min(block * Block, Width - Block));

    /// <summary>Samples of the scratch row for <paramref name="pixels"/> pixels.</summary>
    public static int SamplesOf(in PreprocessorLayout layout, int pixels) => pixels * layout.Rows switch
    {
        PreprocessorRows.Packed => layout.PixelBytes,
        PreprocessorRows.ThreePlanes => 4,
        _ => 2,
    };

    /// <summary>Left and right sample of each channel in the scratch row; pixels count from its start.</summary>
    private static void Positions(in PreprocessorLayout layout, int first, int second, Span<int> positions)
    {
        var swapped = layout.Second.Base > layout.Third.Base;
        for (var channel = 0; channel < 3; channel++)
        {
            var samples = layout.Rows == PreprocessorRows.Packed ? layout[channel] : Interleaved(layout.Rows, swapped ? (3 - channel) % 3 : channel);
            positions[2 * channel] = samples.Base + samples.ColumnOf(first);
            positions[(2 * channel) + 1] = samples.Base + samples.ColumnOf(second);
        }
    }

    /// <summary>Planes come together as Y C₁ Y C₂ where pixels share chroma, as Y C₁ C₂ – where they don't.</summary>
    private static PreprocessorChannel Interleaved(PreprocessorRows rows, int plane) => rows == PreprocessorRows.ThreePlanes
        ? new PreprocessorChannel(plane, 0, 0, 0, 4)
        : plane == 0 ? new PreprocessorChannel(0, 0, 0, 0, 2) : new PreprocessorChannel((2 * plane) - 1, 0, 0, 1, 4);
}
