using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeVision.Delivery;
using MQTTnet.Channel;
using MQTTnet.Exceptions;

namespace EdgeVision.Azure.Hub;

/// <summary>The bytes of a link, decrypted. A packet that no hub sends ends it at its header, before MQTTnet allocates for it: see <see cref="PacketWatch"/>.</summary>
internal sealed class HubChannel(IMqttChannel inner) : IMqttChannel
{
    /// <summary>262,144 of a routed message and 65,535 of its topic are the most a hub sends; methods have 128 KB, a twin twice 32 KB.</summary>
    private const int MaxBytes = 1 << 19;

    private readonly PacketWatch _watch = new(MaxBytes);
    private string? _violation;

    /// <summary>What came that no hub sends, as the rest of a sentence; null while all is well.</summary>
    public string? Violation => Volatile.Read(ref _violation);

    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    public bool IsSecureConnection => inner.IsSecureConnection;

    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        if (_watch.TooLarge(buffer.AsSpan(offset, read)) is not { } length) return read;
        var violation = $"it sent a packet of {length} bytes, and no hub sends more than {MaxBytes}";
        Volatile.Write(ref _violation, violation);
        throw new MqttProtocolViolationException(violation);
    }

    public Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken) => inner.WriteAsync(buffer, isEndOfPacket, cancellationToken);

    public void Dispose() => inner.Dispose();
}
