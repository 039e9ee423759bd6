using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>Speaks TLS as localhost by a certificate of its own making, and answers each MQTT packet as it is told: with any bytes, or by hanging up for null.</summary>
internal sealed class RudeHub : IAsyncDisposable
{
    /// <summary>Of MQTT 3.1.1, section 2.2.1: types of packets, in the upper half of their first byte.</summary>
    public const int Connect = 1, Subscribe = 8;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly Func<int, byte[], byte[]?> _answer;
    private readonly Task _running;

    /// <param name="answer">To a packet's type and body.</param>
    public RudeHub(Func<int, byte[], byte[]?> answer)
    {
        _answer = answer;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        _listener.Start();
        _running = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whoever trusts these is let in.</summary>
    public X509Certificate2Collection Authorities => [X509CertificateLoader.LoadCertificate(_certificate.RawData)];

    /// <summary>As a hub that has nothing against anybody.</summary>
    public static byte[]? Welcome(int type, byte[] body) => type switch
    {
        Connect => [0x20, 2, 0, 0],
        Subscribe => [0x90, 6, body[0], body[1], 0, 0, 0, 1],
        _ => [],
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _running;
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptSocketAsync(_stop.Token);
                await using var tls = new SslStream(new NetworkStream(client));
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
                await ServeAsync(tls);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
            {
                // The client is gone, or the test is over.
            }
        }
    }

    private async Task ServeAsync(SslStream tls)
    {
        while (true)
        {
            var type = await ByteAsync() >> 4;
            var (length, shift) = (0, 0);
            for (var more = true; more; shift += 7)
            {
                var next = await ByteAsync();
                length |= (next & 0x7F) << shift;
                more = (next & 0x80) != 0;
            }

            var body = new byte[length];
            await tls.ReadExactlyAsync(body, _stop.Token);
            if (_answer(type, body) is not { } answer) return;
            await tls.WriteAsync(answer, _stop.Token);
        }

        async ValueTask<int> ByteAsync()
        {
            var one = new byte[1];
            await tls.ReadExactlyAsync(one, _stop.Token);
            return one[0];
        }
    }
}
