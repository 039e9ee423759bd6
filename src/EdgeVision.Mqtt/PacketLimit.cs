using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeVision.Delivery;
using MQTTnet.Channel;
using MQTTnet.Exceptions;

namespace EdgeVision.Mqtt;

/// <summary>
/// Watches the packets of one client and ends the connection at the header of one that is too large for a broker that MQTTnet gives no limit:
/// see <see cref="PacketWatch"/>.
/// </summary>
internal sealed class PacketLimit(IMqttChannel inner, Action<EndPoint?, int> tooLarge) : IMqttChannel
{
    /// <summary>Four times what IoT Hub takes as one message.</summary>
    public const int MaxBytes = 1 << 20;

    private readonly PacketWatch _watch = new(MaxBytes);

    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    public bool IsSecureConnection => inner.IsSecureConnection;

    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        if (_watch.TooLarge(buffer.AsSpan(offset, read)) is { } length) Refuse(length);
        return read;
    }

    public Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, isEndOfPacket, cancellationToken);

    public void Dispose() => inner.Dispose();

    private void Refuse(int length)
    {
        tooLarge(RemoteEndPoint, length);
        throw new MqttProtocolViolationException($"A packet of {length} bytes is larger than {MaxBytes}.");
    }
}
