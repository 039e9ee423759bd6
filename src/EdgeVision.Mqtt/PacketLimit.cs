using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;
using MQTTnet.Exceptions;

namespace EdgeVision.Mqtt;

/// <summary>
/// Watches the packets of one client and ends the connection at the header of one that is too large, before MQTTnet, which knows no
/// limit, allocates up to 256 MB for it.
/// </summary>
internal sealed class PacketLimit(IMqttChannel inner, Action<EndPoint?, int> tooLarge) : IMqttChannel
{
    /// <summary>Four times what IoT Hub takes as one message.</summary>
    public const int MaxBytes = 1 << 20;

    private int _bodyLeft;
    private int _length;
    private int _shift = -1; // -1: the next byte is the type of a packet; otherwise bits of its length read so far

    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    public bool IsSecureConnection => inner.IsSecureConnection;

    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        Watch(buffer.AsSpan(offset, read));
        return read;
    }

    public Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, isEndOfPacket, cancellationToken);

    public void Dispose() => inner.Dispose();

    /// <summary>Fixed header: one byte of type, then the length in up to four bytes of seven bits (MQTT 5.0, sections 1.5.5 and 2.1).</summary>
    private void Watch(ReadOnlySpan<byte> bytes)
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
            if ((next & 0x80) != 0 && _shift < 28) continue;
            (_bodyLeft, _shift) = (_length, -1);
            if (_length > MaxBytes) Refuse();
        }
    }

    private void Refuse()
    {
        tooLarge(RemoteEndPoint, _length);
        throw new MqttProtocolViolationException($"A packet of {_length} bytes is larger than {MaxBytes}.");
    }
}
