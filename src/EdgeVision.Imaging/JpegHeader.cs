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
        while (TryReadSegment(jpeg, ref at, out var marker, out var payload))
        {
            if (marker == StartOfScan) return false;
            if (IsStartOfFrame(marker)) return TryReadSize(jpeg[payload..], at - payload, out width, out height);
        }

        return false;
    }

    /// <summary>
    /// True when an end marker (EOI) lies behind the start of the first scan: inside scan data its bytes cannot occur (B.1.1.5), and the one of a
    /// thumbnail lies before. Bytes may follow it. Cheap: of a whole picture only the end is looked at.
    /// </summary>
    public static bool HasEnd(ReadOnlySpan<byte> jpeg)
    {
        var last = jpeg.LastIndexOf([(byte)0xFF, EndOfImage]);
        var at = 2;
        while (at < last && TryReadSegment(jpeg, ref at, out var marker, out _))
        {
            if (marker == StartOfScan) return at <= last;
        }

        return false;
    }

    /// <summary>The next marker that has a segment; false at one that ends the search for headers, and at the end of the bytes.</summary>
    /// <param name="jpeg">The picture.</param>
    /// <param name="at">Where to look; then the end of the segment, perhaps beyond the bytes.</param>
    /// <param name="marker">Second byte of the marker.</param>
    /// <param name="payload">Where the segment's bytes behind its length begin.</param>
    private static bool TryReadSegment(ReadOnlySpan<byte> jpeg, ref int at, out byte marker, out int payload)
    {
        (marker, payload) = (0, 0);
        while (at + 4 <= jpeg.Length)
        {
            if (jpeg[at] != 0xFF) return false;
            marker = jpeg[at + 1];
            if (marker == 0xFF)
            {
                at++; // a fill byte before the marker (B.1.1.2)
                continue;
            }

            if (marker is EndOfImage or 0x00 or 0xD8) return false;
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7))
            {
                at += 2; // TEM and RST stand alone
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            if (length < 2) return false;
            payload = at + 4;
            at += 2 + length;
            return true;
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
