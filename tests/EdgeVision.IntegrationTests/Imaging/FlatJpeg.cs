using EdgeVision.IntegrationTests.Capture;

namespace EdgeVision.IntegrationTests.Imaging;

/// <summary>
/// Mid-grey baseline pictures of any size and any sampling factors, lawful or not, without Huffman tables: each block is "no change" and "end of block"
/// of the standard tables (ITU-T T.81, annex K.3).
/// </summary>
internal static class FlatJpeg
{
    /// <param name="width">Source pixels.</param>
    /// <param name="height">Source pixels.</param>
    /// <param name="sampling">Horizontal and vertical factor of each component, 1..4.</param>
    public static byte[] Make(int width, int height, params (int H, int V)[] sampling)
    {
        byte[] quantisation = [0, .. Enumerable.Repeat((byte)1, 64)];
        byte[] frame = [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, (byte)sampling.Length, .. sampling.SelectMany(static (s, i) => (byte[])[(byte)(i + 1), (byte)((s.H << 4) | s.V), 0])];
        byte[] scan = [(byte)sampling.Length, .. sampling.SelectMany(static (_, i) => (byte[])[(byte)(i + 1), 0]), 0, 63, 0];
        return JpegPieces.Picture(
            JpegPieces.Segment(0xDB, quantisation), JpegPieces.Segment(0xC0, frame), JpegPieces.Segment(0xDA, scan), Blocks(Count(width, height, sampling)));
    }

    /// <summary>A.2: one component is not interleaved and ignores its factors.</summary>
    private static int Count(int width, int height, (int H, int V)[] sampling)
    {
        if (sampling.Length == 1) return Up(width, 8) * Up(height, 8);
        var (h, v) = (sampling.Max(static s => s.H), sampling.Max(static s => s.V));
        return Up(width, 8 * h) * Up(height, 8 * v) * sampling.Sum(static s => s.H * s.V);
    }

    /// <summary>Six bits a block, 00 (no change) 1010 (end of block); the rest of the last byte is ones.</summary>
    private static byte[] Blocks(int count)
    {
        var bytes = new byte[Up(count * 6, 8)];
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var one = bit >= count * 6 || bit % 6 is 2 or 4;
            if (one) bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return bytes;
    }

    private static int Up(int length, int step) => (length + step - 1) / step;
}
