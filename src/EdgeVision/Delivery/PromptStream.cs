using System.Net;
using System.Net.Sockets;

namespace EdgeVision.Delivery;

/// <summary>
/// A TCP connection that on Linux acknowledges what it reads at once. A broker with Nagle's algorithm on (mosquitto's default) holds back its second
/// PUBACK until the first is acknowledged by TCP, which a delayed acknowledgement puts off by 40 ms at the end of every batch. Measured with mosquitto in
/// batches of 500: 10,000 events/s with the delay, 30,000 without.
/// </summary>
public sealed class PromptStream : NetworkStream
{
    /// <summary>Room for a window of 16 events of 4 KB; an MQTT client's own 8 KB make every burst wait.</summary>
    private const int BufferBytes = 64 << 10;

    private const int IpProtocolTcp = 6;
    private const int TcpQuickAck = 12;

    private PromptStream(Socket socket)
        : base(socket, ownsSocket: true)
    {
    }

    /// <exception cref="SocketException">Nobody there.</exception>
    public static async Task<PromptStream> ConnectAsync(EndPoint endPoint, CancellationToken stopping)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = BufferBytes };
        try
        {
            await socket.ConnectAsync(endPoint, stopping).ConfigureAwait(false);
            return new PromptStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Acknowledge();
        return base.ReadAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Acknowledge();
        return base.ReadAsync(buffer, offset, count, cancellationToken);
    }

    /// <summary>Sends the acknowledgement that the kernel still holds back (tcp(7), TCP_QUICKACK: not permanent, hence before each read).</summary>
    private void Acknowledge()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            Socket.SetRawSocketOption(IpProtocolTcp, TcpQuickAck, [1, 0, 0, 0]);
        }
        catch (SocketException)
        {
            // The connection is gone; the read says so.
        }
    }
}
