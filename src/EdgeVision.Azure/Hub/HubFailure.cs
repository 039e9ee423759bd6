using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using EdgeVision.Azure.Identity;
using MQTTnet;

namespace EdgeVision.Azure.Hub;

/// <summary>Why no link came about, as one sentence with the fix.</summary>
/// <param name="Reason">The sentence.</param>
/// <param name="NeedsTrust">The certificate's authority is unknown: the trust bundle may be new.</param>
internal sealed record HubFailure(string Reason, bool NeedsTrust = false)
{
    /// <summary>CONNACK said no. MQTT 3.1.1, section 3.2.2.3.</summary>
    public static HubFailure OfRefusal(MqttClientConnectResultCode code, HubIdentity identity, TimeProvider time) => code switch
    {
        // An edgeHub answers so, too, until it has learned of a module that was deployed a moment ago.
        MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.BadUserNameOrPassword => new(string.Create(CultureInfo.InvariantCulture,
            $"{identity.Host} does not let '{identity.ClientId}' in: its token or certificate does not hold; check that the identity exists and is enabled, its key, and this machine's clock (now {time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'}). It is tried again.")),
        MqttClientConnectResultCode.ServerUnavailable => new($"{identity.Host} is not ready for '{identity.ClientId}' (server unavailable); it is tried again."),
        MqttClientConnectResultCode.ClientIdentifierNotValid => new($"{identity.Host} does not know the client id '{identity.ClientId}'; check device and module id."),
        _ => new($"{identity.Host} refused the connection of '{identity.ClientId}' ({code}); it is tried again."),
    };

    /// <summary>It did not come to a CONNACK.</summary>
    public static HubFailure OfConnect(Exception failure, DnsEndPoint at, TimeSpan timeout, HubTrust trust)
    {
        if (trust.Failure is { } wrong) return new HubFailure(wrong, trust.IsUntrusted);
        for (var e = failure; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case SocketException socket: return new HubFailure(OfSocket(socket, at));
                case AuthenticationException: return new HubFailure($"No TLS connection to {at.Host}:{at.Port} ({e.GetBaseException().Message.TrimEnd('.')}); does that port speak TLS 1.2 or 1.3?");
                case TimeoutException: return new HubFailure(string.Create(CultureInfo.InvariantCulture, $"{at.Host}:{at.Port} did not answer within {timeout.TotalSeconds:0.###} s; it is tried again."));
            }
        }

        return new HubFailure($"{at.Host}:{at.Port} closed the connection before it answered; is it an edgeHub or IoT Hub that is just starting? It is tried again.");
    }

    private static string OfSocket(SocketException e, DnsEndPoint at) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"{at.Host}:{at.Port} refuses connections; does edgeHub run (iotedge list)? It is tried again.",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"The name '{at.Host}' cannot be resolved; check this machine's DNS, and hostname in the device's config.toml.",
        _ => $"{at.Host}:{at.Port} cannot be reached ({e.Message}); check the network and firewalls between here and there.",
    };
}
