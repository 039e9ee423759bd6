namespace EdgeVision.Capture.Ffmpeg.Nut;

/// <summary>CRC-32 of NUT: polynomial 0x04C11DB7, highest bit first, begins with 0. A packet with its checksum gives 0.</summary>
internal static class NutChecksum
{
    public static uint Of(ReadOnlySpan<byte> data)
    {
        var crc = 0u;
        foreach (var value in data)
        {
            crc ^= (uint)value << 24;
            // Bit by bit: a syncpoint has some ten bytes, and longer headers come a few times a stream.
            for (var bit = 0; bit < 8; bit++) crc = (crc << 1) ^ ((crc & 0x8000_0000) != 0 ? 0x04C1_1DB7u : 0);
        }

        return crc;
    }
}
