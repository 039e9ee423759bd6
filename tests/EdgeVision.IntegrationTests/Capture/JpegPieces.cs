using System.Buffers.Binary;

namespace EdgeVision.IntegrationTests.Capture;

/// <summary>What JPEG streams are made of: right markers around any content.</summary>
internal static class JpegPieces
{
    public static byte[] Picture(params byte[][] parts) => [0xFF, 0xD8, .. parts.SelectMany(p => p), 0xFF, 0xD9];

    public static byte[] Segment(byte marker, int payload) => Segment(marker, new byte[payload]);

    public static byte[] Segment(byte marker, byte[] payload)
    {
        var segment = new byte[payload.Length + 4];
        (segment[0], segment[1]) = (0xFF, marker);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)(payload.Length + 2));
        payload.CopyTo(segment, 4);
        return segment;
    }

    public static byte[] Scan(params byte[] coded) => [.. Segment(0xDA, 8), .. coded];
}
