using System.Buffers.Binary;
using EdgeVision.Capture.Ffmpeg.Nut;

namespace EdgeVision.IntegrationTests.Capture.Ffmpeg;

/// <summary>Packets of a NUT file that somebody has changed.</summary>
internal static class NutPackets
{
    /// <summary>Writes right checksums where packets still end within the file.</summary>
    public static void MendChecksums(Span<byte> file)
    {
        for (var at = 0; at + 12 < file.Length; at++)
        {
            if (file[at] != 'N' || file[at + 1] is not ((byte)'M' or (byte)'S' or (byte)'K' or (byte)'I' or (byte)'X')) continue;
            var start = at + 8;
            var length = 0;
            while (start < file.Length && file[start] >= 0x80 && length < 1 << 20) length = (length << 7) | (file[start++] & 0x7F);
            if (start >= file.Length) continue;
            length = (length << 7) | file[start++];
            if (length < 4 || length > file.Length - start) continue;
            var packet = file.Slice(start, length);
            BinaryPrimitives.WriteUInt32BigEndian(packet[^4..], NutChecksum.Of(packet[..^4]));
        }
    }
}
