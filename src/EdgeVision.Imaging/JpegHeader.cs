using System.Buffers.Binary;

namespace EdgeVision.Imaging;

/// <summary>Reads the size of a JPEG from its frame header (SOF, ITU-T T.81 B.2.2) without decoding it.</summary>
public static class JpegHeader
{
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;

    /// <summary>
    /// False when the bytes are no JPEG or end before the frame header; never throws. Thumbnails inside EXIF segments are stepped over.
    /// </summary>
    /// <param name="jpeg">Starts with SOI; need not be complete behind the frame header.</param>
    /// <param name="width">Source pixels, 1..65535.</param>
    /// <param name="height">Source pixels, 1..65535. A height that is only given later (DNL) is refused, as decoders do.</param>
    public static bool TryRead(ReadOnlySpan<byte> jpeg, out int width, out int height)
    {
        (width, height) = (0, 0);
        if (jpeg.Length < 2 || jpeg[0] != 0xFF || jpeg[1] != 0xD8) return false;
        var at = 2;
        while (at + 4 <= jpeg.Length)
        {
            if (jpeg[at] != 0xFF) return false;
            var marker = jpeg[at + 1];
            if (marker == 0xFF)
            {
                at++; // a fill byte before the marker (B.1.1.2)
                continue;
            }

            if (marker is StartOfScan or EndOfImage or 0x00 or 0xD8) return false;
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7))
            {
                at += 2; // TEM and RST stand alone
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            if (length < 2) return false;
            if (IsStartOfFrame(marker)) return TryReadSize(jpeg[(at + 4)..], length - 2, out width, out height);
            at += 2 + length;
        }

        return false;
    }

    /// <summary>SOF0–SOF15 without DHT (C4), JPG (C8) and DAC (CC), which share their range.</summary>
    private static bool IsStartOfFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>Payload: precision (1), height (2), width (2), components (1).</summary>
    private static bool TryReadSize(ReadOnlySpan<byte> payload, int length, out int width, out int height)
    {
        (width, height) = (0, 0);
        if (length < 6 || payload.Length < 6) return false;
        height = BinaryPrimitives.ReadUInt16BigEndian(payload[1..]);
        width = BinaryPrimitives.ReadUInt16BigEndian(payload[3..]);
        if (width > 0 && height > 0) return true;
        (width, height) = (0, 0);
        return false;
    }
}
