namespace EdgeVision.Delivery;

/// <summary>
/// Follows the packets of an MQTT connection, however its bytes are cut into reads, and names one that is too large by its header: before a
/// client or server that knows no limit allocates up to 256 MB for it. One reader at a time.
/// </summary>
/// <param name="maxBytes">Largest length a packet may have after its fixed header.</param>
public sealed class PacketWatch(int maxBytes)
{
    /// <summary>Bits of a length: four bytes of seven (MQTT 5.0, section 1.5.5).</summary>
    private const int LengthBits = 28;

    private int _bodyLeft;
    private int _length;
    private int _shift = -1; // -1: the next byte is the type of a packet; otherwise bits of its length read so far

    public int MaxBytes => maxBytes;

    /// <summary>Null while all is well; otherwise the length of the packet that ends the connection.</summary>
    /// <remarks>Fixed header: one byte of type, then the length (MQTT 5.0, section 2.1; MQTT 3.1.1, section 2.2).</remarks>
    public int? TooLarge(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_bodyLeft > 0)
            {
                var body = Math.Min(_bodyLeft, bytes.Length);
                _bodyLeft -= body;
                bytes = bytes[body..];
                continue;
            }

            var next = bytes[0];
            bytes = bytes[1..];
            if (_shift < 0)
            {
                (_shift, _length) = (0, 0);
                continue;
            }

            _length |= (next & 0x7F) << _shift;
            _shift += 7;
            if ((next & 0x80) != 0 && _shift < LengthBits) continue;
            (_bodyLeft, _shift) = (_length, -1);
            if (_length > maxBytes) return _length;
        }

        return null;
    }
}
